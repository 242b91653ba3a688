package io.higuma.bench.operation;

import io.higuma.bench.report.Measurement;
import io.higuma.bench.report.Samples;
import java.io.IOException;
import java.time.Duration;
import java.util.List;

/// O2: one endpoint of one service changes. The endpoint is of a Dataplane that has no proxy, so that no proxy's own
/// configuration changes with it.
final class OneEndpoint implements Operation {

    private static final Duration AFTERGLOW = Duration.ofMillis(500);
    private static final int COLD_SHARE = 5;
    private static final int WARM_UP_RATE = 20;
    private static final int WARM_UP_SHARE = 2;

    @Override
    public String id() {
        return "O2";
    }

    @Override
    public String words() {
        return "one endpoint changes";
    }

    /// A process that has just started compiles its own code while it works: that is measured too, and apart.
    @Override
    public List<Measurement> run(Session session) throws IOException, InterruptedException {
        Settings settings = session.settings();
        if (settings.equals(Settings.QUICK)) {
            return List.of(measure(session, "", settings.changes()));
        }
        Measurement cold = measure(session, "cold", Math.max(1, settings.changes() / COLD_SHARE));
        Churner warmUp = new Churner(session);
        warmUp.run(WARM_UP_RATE, settings.churn().dividedBy(WARM_UP_SHARE), "O2: warming up");
        boolean drained = session.await("O2: warming up", () -> warmUp.backlog() == 0);
        boolean silent = session.quiet(AFTERGLOW);
        session.lookIdle();
        Measurement warm = measure(session, "warm", settings.changes());
        if (!drained || !silent) {
            warm.fault(warmUp.backlog() + " changes of the warm-up never reached all their streams");
        }
        return List.of(cold, warm);
    }

    private Measurement measure(Session session, String variant, int wanted) throws IOException, InterruptedException {
        Measurement out = new Measurement(id(), variant);
        Tally tally = new Tally();
        int services = session.topology().workload().services();
        Meter meter = session.meter();
        long expected = 0;
        for (int i = 0; i < wanted; i++) {
            int service = session.random().nextInt(services);
            Change change = session.plan(service, session.topology().subscribers(service));
            expected += change.expected();
            long clientBefore = session.fleet().cpuNanos();
            session.write(change);
            if (!change.await(session.settings().patience())) {
                out.fault("change " + i + " reached " + change.count() + " of " + change.expected() + " streams");
                break;
            }
            tally.add(change, session.fleet().cpuNanos() - clientBefore);
            session.progress("O2: change " + (i + 1) + " of " + wanted);
            session.pause();
        }
        boolean silent = session.quiet(AFTERGLOW);
        if (!silent) {
            out.fault("the control plane never stopped sending");
        }
        int changes = Math.max(1, tally.last.count());
        double net = meter.cpuSeconds() - session.idleRate() * meter.seconds();
        out.value("changes", tally.last.count());
        out.value("subscribers/change", (double) expected / changes);
        out.value("cpu s/change", net / changes);
        meter.describe(out);
        long stray = meter.traffic().allMessages() - expected;
        out.value("messages beyond one per subscriber", stray);
        out.latency("first byte", tally.first);
        out.latency("last ack", tally.last);
        out.latency("every ack", tally.every);
        out.latency("first byte since request", tally.sinceRequest);
        out.latency("write answered", tally.write);
        Meter.judgeClient(out, session.fleet(), tally.clientNanos / 1e9, tally.windowNanos / 1e9);
        return out;
    }

    /// Latencies of changes. Those that the write's own answer did not precede count as 0.
    static final class Tally {
        final Samples first = new Samples();
        final Samples last = new Samples();
        final Samples every = new Samples();
        final Samples sinceRequest = new Samples();
        final Samples write = new Samples();
        long clientNanos;
        long windowNanos;

        void add(Change change, long clientCpu) {
            write.add(change.answered - change.sent);
            if (change.expected() == 0) {
                return;
            }
            first.add(Math.max(0, change.first() - change.answered));
            last.add(Math.max(0, change.last() - change.answered));
            sinceRequest.add(change.first() - change.sent);
            change.acknowledgements(change.answered, every);
            clientNanos += clientCpu;
            windowNanos += Math.max(change.last(), change.answered) - change.sent;
        }
    }
}
