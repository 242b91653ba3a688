package io.higuma.bench;

import io.higuma.bench.datapath.DataPathCommand;
import io.higuma.bench.load.Documents;
import io.higuma.bench.load.Rest;
import io.higuma.bench.load.Scope;
import io.higuma.bench.load.Workload;
import io.higuma.bench.operation.Operation;
import io.higuma.bench.operation.Settings;
import io.higuma.bench.report.JsonLines;
import io.higuma.bench.report.Measurement;
import io.higuma.bench.report.ReportPage;
import io.higuma.bench.report.RunInfo;
import io.higuma.bench.report.Screen;
import io.higuma.bench.target.Machine;
import io.higuma.bench.target.OwnControlPlane;
import io.higuma.bench.target.Target;
import java.io.Console;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import tools.jackson.databind.JsonNode;

/// `./dev bench`. Exit codes: 0 everything valid, 1 something measured is invalid, 2 wrong usage, 3 the control plane
/// or this machine failed.
@Command(
        name = "bench",
        description = "Drives a control plane with thousands of proxies and measures it.",
        sortOptions = false,
        subcommands = DataPathCommand.class,
        mixinStandardHelpOptions = true)
public final class Main implements Callable<Integer> {

    /// Small, and still with proxies that do not see every service.
    static final Workload QUICK =
            new Workload("quick", 20, 5, 100, new Scope.Backends(5), 0, false, "smoke alarm of the build");

    private static final int INVALID = 1;
    private static final int FAILED = 3;

    @Option(
            names = {"-w", "--workload"},
            split = ",",
            defaultValue = "W2",
            description = "W0 to W8; several with commas (default: ${DEFAULT-VALUE})")
    List<String> workloads = List.of();

    @Option(
            names = {"-o", "--operation"},
            split = ",",
            description = "O1 to O13; several with commas (default: all)")
    List<String> operations = List.of();

    @Option(
            names = {"-p", "--proxies"},
            split = ",",
            description = "proxies instead of the workload's number; several with commas, one run each")
    List<Integer> proxies = List.of();

    @Option(names = "--quick", description = "100 proxies, few repetitions, in less than two minutes")
    boolean quick;

    @Option(
            names = "--cp",
            description = "REST API of a control plane that runs already, such as http://127.0.0.1:5681")
    @Nullable
    URI cp;

    @Option(names = "--xds", description = "its port for data planes, such as localhost:5678")
    @Nullable
    String xds;

    @Option(names = "--pid", split = ",", description = "its process; several with commas (a database counts too)")
    List<Long> pids = List.of();

    @Option(
            names = "--outbounds",
            defaultValue = "EXPLICIT",
            description =
                    "${COMPLETION-CANDIDATES}: networking.outbound[], or virtual addresses with reachableBackends")
    Documents.Outbounds outbounds = Documents.Outbounds.EXPLICIT;

    @Option(names = "--policies", description = "policies of W7 (default: 200)")
    @Nullable
    Integer policies;

    @Option(names = "--changes", description = "endpoint changes of O2 (default: 200)")
    @Nullable
    Integer changes;

    @Option(names = "--rounds", description = "repetitions of O3, O4, O5, O11 (default: 10)")
    @Nullable
    Integer rounds;

    @Option(
            names = "--gap",
            split = "-",
            description =
                    "milliseconds between changes, MIN-MAX (default: 50-250; for a control plane that ticks every second: 2000-4000)")
    List<Integer> gap = List.of();

    @Option(names = "--rates", split = ",", description = "changes per second of O9 (default: 1,10,50)")
    List<Integer> rates = List.of();

    @Option(names = "--churn", description = "seconds for each rate of O9, and for O12 (default: 120)")
    @Nullable
    Integer churn;

    @Option(names = "--idle", description = "seconds of O10 (default: 300)")
    @Nullable
    Integer idle;

    @Option(names = "--patience", description = "seconds after which an operation gives up (default: 600)")
    @Nullable
    Integer patience;

    @Option(
            names = "--threads",
            defaultValue = "2",
            description = "event loops of the client (default: ${DEFAULT-VALUE})")
    int threads = 2;

    @Option(names = "--env", description = "NAME=VALUE for our own control plane; the report says so")
    Map<String, String> environment = new LinkedHashMap<>();

    @Option(
            names = "--launcher",
            defaultValue = "dist/target/higuma/bin/higuma",
            description = "our control plane's launcher (default: ${DEFAULT-VALUE})")
    Path launcher = Path.of("higuma");

    @Option(
            names = "--out",
            defaultValue = "bench",
            description = "folder of report.md and report/ (default: ${DEFAULT-VALUE})")
    Path out = Path.of("bench");

    @Spec
    CommandSpec spec = CommandSpec.create();

    public static void main(String[] arguments) {
        int code = new CommandLine(new Main())
                .setCaseInsensitiveEnumValuesAllowed(true)
                .execute(arguments);
        System.exit(code);
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        Screen screen = new Screen(
                new PrintWriter(System.out, false, StandardCharsets.UTF_8),
                Optional.ofNullable(System.console()).map(Console::isTerminal).orElse(false));
        JsonLines lines = new JsonLines(out.resolve("report/results.jsonl"));
        AtomicBoolean valid = new AtomicBoolean(true);
        for (Workload workload : shapes()) {
            try {
                run(workload, screen, lines, valid);
            } catch (IOException e) {
                screen.say("bench: " + workload.words() + " failed: " + e.getMessage());
                return FAILED;
            }
            screen.say("report: " + ReportPage.write(out));
        }
        return valid.get() ? 0 : INVALID;
    }

    private void run(Workload workload, Screen screen, JsonLines lines, AtomicBoolean valid)
            throws IOException, InterruptedException {
        double load = Machine.load();
        try (Target target = target(screen)) {
            RunInfo info = info(target, workload, load);
            screen.say("");
            screen.say(info.product() + " · " + workload.words() + " · load before " + load
                    + (info.remarks().isEmpty() ? "" : " · " + info.remarks()));
            screen.heading();
            Runner.Plan plan = new Runner.Plan(workload, chosen(), settings(), outbounds, threads);
            new Runner(plan, target, screen::progress).run(measurement -> {
                valid.compareAndSet(true, measurement.valid());
                screen.row(measurement);
                keep(lines, info, measurement, screen);
            });
        }
    }

    private static void keep(JsonLines lines, RunInfo info, Measurement measurement, Screen screen) {
        try {
            lines.append(info, measurement);
        } catch (IOException e) {
            screen.say("bench: the measurement cannot be written down: " + e.getMessage());
        }
    }

    private RunInfo info(Target target, Workload workload, double load) throws IOException, InterruptedException {
        try (Rest rest = new Rest(target.api())) {
            JsonNode index = rest.index()
                    .orElseThrow(() -> new IOException(target.api() + " does not answer as a control plane does"));
            String name = cp == null
                    ? "Higuma"
                    : index.path("product").asString(index.path("tagline").asString("control plane"));
            String product = name + " " + index.path("version").asString("");
            List<String> remarks = new ArrayList<>();
            remarks.add("outbounds " + outbounds.name().toLowerCase(java.util.Locale.ROOT));
            environment.forEach((key, value) -> remarks.add(key + "=" + value));
            return new RunInfo(
                    Instant.now().truncatedTo(ChronoUnit.SECONDS).toString(),
                    product.strip(),
                    Machine.words(),
                    load,
                    workload,
                    String.join(", ", remarks));
        }
    }

    private Target target(Screen screen) throws IOException, InterruptedException {
        URI api = cp;
        if (api == null) {
            screen.progress("starting " + launcher);
            OwnControlPlane own = OwnControlPlane.start(launcher.toAbsolutePath(), environment);
            screen.progress("waiting for the ahead-of-time cache of " + launcher);
            if (!environment.containsKey("HIGUMA_NO_AOT") && !own.awaitCache()) {
                screen.say("bench: there is no ahead-of-time cache; the control plane starts without");
            }
            return own;
        }
        String address = xds;
        if (address == null || !address.matches("[^:]+:[0-9]+")) {
            throw new ParameterException(spec.commandLine(), "--cp needs --xds HOST:PORT, its port for data planes");
        }
        if (pids.isEmpty()) {
            throw new ParameterException(spec.commandLine(), "--cp needs --pid, to see its CPU and memory");
        }
        int colon = address.lastIndexOf(':');
        return new Target.Foreign(
                api,
                new InetSocketAddress(address.substring(0, colon), Integer.parseInt(address.substring(colon + 1))),
                pids);
    }

    private List<Workload> shapes() {
        List<Workload> shapes = new ArrayList<>();
        for (String id : workloads) {
            Workload named = quick
                    ? QUICK
                    : Workload.of(id)
                            .orElseThrow(() -> new ParameterException(
                                    spec.commandLine(), "there is no workload " + id + ", expected W0 to W8"));
            Workload whole = policies == null || named.policies() == 0 ? named : named.withPolicies(policies);
            if (proxies.isEmpty()) {
                shapes.add(whole);
            }
            for (int count : proxies) {
                if (count < 1) {
                    throw new ParameterException(spec.commandLine(), "--proxies is " + count + ", expected 1 or more");
                }
                shapes.add(whole.withProxies(count));
            }
        }
        return shapes;
    }

    private List<Operation> chosen() {
        if (operations.isEmpty()) {
            return Operation.EVERY;
        }
        List<Operation> found = new ArrayList<>();
        for (String id : operations) {
            found.add(Operation.of(id)
                    .orElseThrow(() -> new ParameterException(
                            spec.commandLine(), "there is no operation " + id + ", expected O1 to O13")));
        }
        // Everything but a cold start needs proxies that are connected; and what changes the mesh for good comes last.
        if (found.stream().noneMatch(o -> o.id().equals("O1"))) {
            found.addFirst(Operation.EVERY.getFirst());
        }
        return Operation.EVERY.stream().filter(found::contains).toList();
    }

    private Settings settings() {
        Settings base = quick ? Settings.QUICK : Settings.FULL;
        boolean ownGap = gap.size() == 2;
        return new Settings(
                changes == null ? base.changes() : changes,
                rounds == null ? base.rounds() : rounds,
                ownGap ? Duration.ofMillis(gap.get(0)) : base.shortestGap(),
                ownGap ? Duration.ofMillis(gap.get(1)) : base.longestGap(),
                rates.isEmpty() ? base.churnRates() : rates,
                churn == null ? base.churn() : Duration.ofSeconds(churn),
                idle == null ? base.idle() : Duration.ofSeconds(idle),
                patience == null ? base.patience() : Duration.ofSeconds(patience));
    }
}
