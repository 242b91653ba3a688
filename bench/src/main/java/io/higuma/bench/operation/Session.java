package io.higuma.bench.operation;

import io.higuma.bench.load.Documents;
import io.higuma.bench.load.Rest;
import io.higuma.bench.load.Topology;
import io.higuma.bench.report.Measurement;
import io.higuma.bench.target.Target;
import io.higuma.bench.wire.Board;
import io.higuma.bench.wire.Fleet;
import io.higuma.bench.wire.Marks;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Everything an operation works with. Used by one thread at a time, but for [#write].
public final class Session {

    /// Services that O11 brings into being.
    static final int NEWCOMERS = 5;

    private static final Duration LOOK = Duration.ofMillis(2);
    private static final Duration LONGEST_LOOK = Duration.ofSeconds(5);
    private static final int MOST_LOOKS = 12;
    /// A look is as quiet as the one before it if it needed at least this share.
    private static final double AS_QUIET = 0.8;

    private final Settings settings;
    private final Topology topology;
    private final Target target;
    private final Rest rest;
    private final Ledger ledger;
    private final Marks marks;
    private final Random random = new Random(42);
    private final AtomicLong numbers;
    private final long[] current;
    private @Nullable Fleet fleet;
    private Consumer<String> progress = line -> {};
    /// CPU seconds per second of the connected and idle control plane; measured before each operation.
    private double idleRate;

    /// Memory before the first stream, in kilobytes.
    private long emptyRss;

    private int policies;

    public Session(Settings settings, Topology topology, Target target, Rest rest, Marks marks) {
        this.settings = settings;
        this.topology = topology;
        this.target = target;
        this.rest = rest;
        this.marks = marks;
        this.ledger = new Ledger(topology);
        int services = topology.workload().services();
        this.numbers = new AtomicLong(services + NEWCOMERS);
        this.current = new long[services + NEWCOMERS];
        for (int service = 0; service < services; service++) {
            current[service] = firstMark(service);
        }
    }

    /// The mark that the extra Dataplane of a service begins with.
    public static long firstMark(int service) {
        return service + 1L;
    }

    /// Names of the services that O11 brings into being.
    public static List<String> newcomers() {
        List<String> names = new ArrayList<>();
        for (int i = 0; i < NEWCOMERS; i++) {
            names.add("newcomer-" + i);
        }
        return names;
    }

    /// Who is told what streams receive.
    public Board board() {
        return ledger;
    }

    public void fleet(Fleet made) {
        fleet = made;
    }

    /// Who is told how far an operation is; called often.
    public void progress(Consumer<String> told) {
        progress = told;
    }

    void progress(String line) {
        progress.accept(line);
    }

    public void emptyRss(long kilobytes) {
        emptyRss = kilobytes;
    }

    long emptyRss() {
        return emptyRss;
    }

    Settings settings() {
        return settings;
    }

    Topology topology() {
        return topology;
    }

    Target target() {
        return target;
    }

    Rest rest() {
        return rest;
    }

    Ledger ledger() {
        return ledger;
    }

    Fleet fleet() {
        return java.util.Objects.requireNonNull(fleet, "no proxies yet");
    }

    Random random() {
        return random;
    }

    double idleRate() {
        return idleRate;
    }

    void idleRate(double cores) {
        idleRate = cores;
    }

    /// Measures what the connected control plane needs when nothing happens: operations leave it out of account,
    /// so it is measured before each of them. A process goes on to compile and collect what came before; taken
    /// for idleness, that would make the next operation look cheap. So it looks until a look is no quieter than
    /// the last one.
    public void lookIdle() {
        double quietest = look();
        boolean falling = quietest > 0;
        for (int again = 1; again < MOST_LOOKS && falling; again++) {
            double now = look();
            falling = now < AS_QUIET * quietest;
            quietest = Math.min(quietest, now);
        }
        idleRate = quietest;
    }

    /// CPU seconds per second of the next few; 0 when interrupted.
    private double look() {
        Meter idle = meter();
        Duration time = settings.idle().compareTo(LONGEST_LOOK) < 0 ? settings.idle() : LONGEST_LOOK;
        boolean interrupted =
                await("looking at idleness", time, () -> Thread.currentThread().isInterrupted());
        return interrupted ? 0 : idle.cpuSeconds() / idle.seconds();
    }

    Meter meter() {
        return Meter.start(target, fleet(), ledger::breaks);
    }

    /// The number whose address the extra Dataplane of a service has now; 0: none.
    long current(int service) {
        return current[service];
    }

    /// A new address for the extra Dataplane of a service, not written yet.
    Change plan(int service, List<Integer> subscribers) {
        long number = numbers.incrementAndGet();
        int waited = (int) subscribers.stream().filter(s -> !ledger.excludes(s)).count();
        current[service] = number;
        return ledger.expect(number, service, waited);
    }

    /// Writes a planned change. Any thread.
    void write(Change change) throws IOException, InterruptedException {
        write(change, Topology.extraName(change.service), Topology.serviceName(change.service));
    }

    void write(Change change, String name, String service) throws IOException, InterruptedException {
        String body =
                Documents.extra(name, service, Marks.address(change.number)).toString();
        Rest.Answer answer = rest.put("dataplanes", name, body);
        change.sent = answer.sent();
        change.answered = answer.answered();
        if (!answer.ok()) {
            throw new IOException("a change was answered with " + answer.status() + ": " + answer.body());
        }
    }

    /// The next timeout that nobody else uses and nobody used before; streams are watched for it from now on.
    ///
    /// @return 20 s and more, never whole seconds
    Duration nextPolicyMark() {
        policies++;
        Duration timeout = Duration.ofSeconds(20 + policies / 999).plusMillis(1 + policies % 999);
        marks.lookForTimeout(policies, timeout);
        ledger.watchPolicy(policies);
        return timeout;
    }

    void pause() {
        long shortest = settings.shortestGap().toNanos();
        long spread = Math.max(1, settings.longestGap().toNanos() - shortest);
        LockSupport.parkNanos(shortest + random.nextLong(spread));
    }

    /// Waits for a condition, at most the patience of the settings.
    ///
    /// @param what told to whoever watches, with [String#formatted] if it has a place for progress
    boolean await(String what, BooleanSupplier condition) {
        return await(what, settings.patience(), condition);
    }

    boolean await(String what, Duration patience, BooleanSupplier condition) {
        long end = System.nanoTime() + patience.toNanos();
        long told = 0;
        while (!condition.getAsBoolean()) {
            long now = System.nanoTime();
            if (now > end || Thread.currentThread().isInterrupted()) {
                return false;
            }
            if (now - told > 200_000_000) {
                told = now;
                progress(what + " (" + ledger.completions() + " of " + fleet().size() + " streams complete)");
            }
            LockSupport.parkNanos(LOOK.toNanos());
        }
        return true;
    }

    /// Waits until no message has come for so long, from now on: what was written just now may still be on its way.
    boolean quiet(Duration silence) {
        long begun = System.nanoTime();
        return await(
                "waiting for silence",
                () -> fleet().quiet().compareTo(silence) > 0 && System.nanoTime() - begun > silence.toNanos());
    }

    /// Whether what streams hold is what the workload says; each difference becomes a fault.
    void checkConsistency(Measurement out) {
        List<String> faults = Consistency.check(this);
        faults.stream().limit(5).forEach(out::fault);
        out.value("inconsistencies", faults.size());
    }
}
