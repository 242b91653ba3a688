package io.higuma.bench.datapath;

import io.higuma.bench.report.Screen;
import io.higuma.bench.target.Machine;
import java.io.Console;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// `./dev bench datapath`. Exit codes: 0 within the budget, 1 not, 3 this machine cannot.
@Command(
        name = "datapath",
        description = "What a request costs through two Envoys of ours, against two with a minimal configuration and"
                + " against none. Needs root: hosts are network namespaces.",
        sortOptions = false,
        mixinStandardHelpOptions = true)
public final class DataPathCommand implements Callable<Integer> {

    private static final int MISSED = 1;
    private static final int FAILED = 3;
    private static final double BUDGET_PERCENT = 5;

    /// Part of the throughput that the steady rate asks for.
    private static final double STEADY = 0.3;
    /// Turns at the steady rate for one as fast as it can: to see about as many requests.
    private static final int STEADY_TURNS = 3;

    /// Before a stretch counts: the first requests after other Envoys ran are the slowest.
    private static final long LEAD_IN_MILLIS = 40;

    private static final int WARM_UPS = 3;
    private static final long WARM_UP_MILLIS = 1000;

    @Option(
            names = "--starts",
            defaultValue = "12",
            description =
                    "hosts, Envoys and load generators are started anew so often: each start is one look, and from six"
                            + " on the table says how sure it is (default: ${DEFAULT-VALUE})")
    private int starts = 12;

    @Option(names = "--rounds", defaultValue = "50", description = "after each start (default: ${DEFAULT-VALUE})")
    private int rounds = 50;

    @Option(
            names = "--millis",
            defaultValue = "100",
            description =
                    "of each way in a turn, after 40 that do not count; a round is one turn as fast as they can and three at"
                            + " the rate: short, so that all ways see the same of what else the machine does (default:"
                            + " ${DEFAULT-VALUE})")
    private long millis = 100;

    @Option(
            names = "--connections",
            defaultValue = "16",
            description = "of the client, each with one request at a time (default: ${DEFAULT-VALUE})")
    private int connections = 16;

    @Option(
            names = "--rate",
            description =
                    "requests per second (default: three tenths of what the minimal Envoys take after the first start)")
    private @Nullable Integer rate;

    @Option(names = "--http1", description = "the minimal Envoys speak HTTP/1.1 to each other; ours speak HTTP/2")
    private boolean http1;

    @Option(
            names = "--anybody",
            description = "the minimal Envoy of the service lets everybody in; ours asks every request who calls")
    private boolean anybody;

    @Option(
            names = "--stolen",
            description = "count also turns in which the hypervisor gave processors of this machine to others")
    private boolean stolen;

    @Option(
            names = "--launcher",
            defaultValue = "dist/target/higuma/bin/higuma",
            description = "the distribution's launcher (default: ${DEFAULT-VALUE})")
    private Path launcher = Path.of("higuma");

    @Option(names = "--out", defaultValue = "bench", description = "folder of datapath.md (default: ${DEFAULT-VALUE})")
    private Path out = Path.of("bench");

    @Spec
    private @Nullable CommandSpec spec;

    @Override
    public Integer call() throws IOException, InterruptedException {
        check();
        Screen screen = new Screen(
                new PrintWriter(System.out, false, StandardCharsets.UTF_8),
                Optional.ofNullable(System.console()).map(Console::isTerminal).orElse(false));
        double before = Machine.load();
        List<String> hosts = Stream.of(Way.values())
                .flatMap(way -> Stream.of(way.client(), way.server()))
                .toList();
        Results results = new Results(stolen);
        int steady = rate == null ? 0 : rate;
        Optional<String> broken = Optional.empty();
        try {
            for (int start = 0; start < starts; start++) {
                steady = start(hosts, start, steady, results, screen);
            }
        } catch (IOException e) {
            broken = Optional.of("bench: " + e.getMessage());
        }
        if (broken.isEmpty() && results.isEmpty()) {
            broken = Optional.of(nothing(results));
        }
        Results.Verdict verdict = results.verdict(BUDGET_PERCENT);
        List<String> report = results.isEmpty() ? List.of() : report(results, verdict, steady, before);
        report.forEach(screen::say);
        if (broken.isPresent()) {
            // What was seen until then is shown, and does not replace the table of a whole run
            screen.say(broken.get());
            return FAILED;
        }
        Files.createDirectories(out);
        Files.write(out.resolve("datapath.md"), report);
        return verdict.missed().isEmpty() && results.failures() == 0 ? 0 : MISSED;
    }

    private static String nothing(Results results) {
        return results.leftOut() == 0
                ? "bench: no request was due when it counted: a higher --rate, more --rounds or --millis see some"
                : "bench: the hypervisor gave processors of this machine to others in " + results.leftOut() + " of "
                        + results.turns() + " turns, and the others do not make a table; --stolen counts all";
    }

    /// All that is wrong with the options, at once.
    private void check() {
        List<String> wrong = new ArrayList<>();
        positive("--starts", starts, wrong);
        positive("--rounds", rounds, wrong);
        positive("--millis", millis, wrong);
        positive("--connections", connections, wrong);
        if (rate != null) {
            positive("--rate", rate, wrong);
        }
        if (!wrong.isEmpty()) {
            throw new ParameterException(Objects.requireNonNull(spec).commandLine(), String.join("; ", wrong));
        }
    }

    private static void positive(String option, long value, List<String> wrong) {
        if (value < 1) {
            wrong.add(option + " is " + value + ", expected 1 or more");
        }
    }

    /// Starts everything anew, and goes its rounds.
    ///
    /// @param steady requests per second; 0 if this start shall find out
    /// @return the steady rate
    private int start(List<String> hosts, int start, int steady, Results results, Screen screen)
            throws IOException, InterruptedException {
        screen.progress("start " + (start + 1) + " of " + starts);
        // No proxy is for the record: it is looked at once.
        List<Way> ways = start == 0 ? List.of(Way.values()) : List.of(Way.OURS, Way.MINIMAL);
        try (Lab lab = new Lab(hosts)) {
            Paths paths = Paths.open(lab, launcher.toAbsolutePath(), connections, new Paths.Minimal(!http1, !anybody));
            Started started = paths.start(ways);
            int warm = warmUp(started, ways);
            int used = steady > 0 ? steady : warm;
            Results.Start seen = results.start();
            for (int round = start * rounds; round < (start + 1) * rounds; round++) {
                go(started, ways, round, used, seen);
                screen.progress("round " + (round + 1) + " of " + starts * rounds);
            }
            return used;
        }
    }

    /// @return three tenths of what the minimal Envoys take per second
    private int warmUp(Started started, List<Way> ways) throws IOException {
        double most = 0;
        for (int i = 0; i < WARM_UPS; i++) {
            for (Way way : ways) {
                Peer.Round round = started.call(way, 0, 0, WARM_UP_MILLIS, i);
                most = way == Way.MINIMAL ? round.perSecond() : most;
            }
        }
        return Math.max(1, (int) (most * STEADY));
    }

    /// All ways in turn, as fast as they can and then at the rate; every second turn goes the other way round, and
    /// after two turns another way begins.
    private void go(Started started, List<Way> ways, int round, int steady, Results.Start seen) throws IOException {
        seen.full(turn(started, ways, 0, round));
        for (int i = 0; i < STEADY_TURNS; i++) {
            seen.steady(turn(started, ways, steady, round * STEADY_TURNS + i));
        }
    }

    private Map<Way, Results.Stretch> turn(Started started, List<Way> ways, int callsPerSecond, int number)
            throws IOException {
        List<Way> order = new ArrayList<>(ways);
        Collections.rotate(order, number / 2);
        Map<Way, Results.Stretch> stretches = new EnumMap<>(Way.class);
        for (Way way : number % 2 == 0 ? order : order.reversed()) {
            stretches.put(way, stretch(started, way, callsPerSecond, number));
        }
        return stretches;
    }

    private Results.Stretch stretch(Started started, Way way, int callsPerSecond, long seed) throws IOException {
        List<Long> envoys = started.envoys(way);
        double cpu = Machine.cpuSeconds(envoys);
        double busy = Machine.busySeconds();
        double stolenBefore = Machine.stolenSeconds();
        long begin = System.nanoTime();
        Peer.Round round = started.call(way, callsPerSecond, LEAD_IN_MILLIS, millis, seed);
        return new Results.Stretch(
                round,
                (System.nanoTime() - begin) / 1e9,
                Machine.cpuSeconds(envoys) - cpu,
                Machine.busySeconds() - busy,
                Machine.stolenSeconds() - stolenBefore);
    }

    private List<String> report(Results results, Results.Verdict verdict, int steady, double before) {
        List<String> lines = new ArrayList<>();
        lines.add("");
        lines.add(String.format(
                Locale.ROOT,
                "%s, %s, load %.1f before and %.1f after; minimal Envoys with %s%s; %d starts, %d rounds of %d ms after each, %d connections, steady rate %d/s",
                Instant.now().truncatedTo(ChronoUnit.SECONDS),
                Machine.words(),
                before,
                Machine.load(),
                http1 ? "HTTP/1.1" : "HTTP/2",
                anybody ? "" : " and an access rule",
                starts,
                rounds,
                millis,
                connections,
                steady));
        lines.add("");
        lines.addAll(results.table());
        lines.add("");
        if (results.leftOut() > 0) {
            lines.add(results.leftOut() + " of " + results.turns()
                    + " turns left out, in which the hypervisor gave processors of this machine to others");
        }
        lines.add(
                verdict.missed().isEmpty()
                        ? "within the budget of " + (int) BUDGET_PERCENT + " %"
                        : "missed the budget of " + (int) BUDGET_PERCENT + " %: "
                                + String.join("; ", verdict.missed()));
        if (!verdict.unsure().isEmpty()) {
            lines.add("within it, but not surely: " + String.join("; ", verdict.unsure()));
        }
        if (results.failures() > 0) {
            lines.add("INVALID: " + results.failures() + " requests failed");
        }
        return lines;
    }
}
