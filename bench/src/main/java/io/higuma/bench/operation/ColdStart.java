package io.higuma.bench.operation;

import io.higuma.bench.report.Measurement;
import io.higuma.bench.report.Samples;
import io.higuma.bench.target.Machine;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/// O1: all proxies come at once and know nothing.
final class ColdStart implements Operation {

    private static final Duration SILENCE = Duration.ofSeconds(2);

    @Override
    public String id() {
        return "O1";
    }

    @Override
    public String words() {
        return "cold start: all proxies connect at once";
    }

    @Override
    public List<Measurement> run(Session session) throws IOException, InterruptedException {
        Measurement out = new Measurement(id(), "");
        session.fleet().disconnect(true);
        session.fleet().forget();
        session.ledger().forgetCompletions();
        Meter meter = session.meter();
        int refused = session.fleet().refusals();
        long begun = System.nanoTime();
        session.fleet().connect();
        int all = session.fleet().size();
        boolean complete = session.await("cold start", () -> session.ledger().completions() == all);
        double busySeconds = meter.seconds();
        double busyCpu = meter.clientCpuSeconds();
        if (!complete) {
            out.fault("after " + session.settings().patience().toSeconds() + " s "
                    + session.ledger().completions() + " of " + all + " streams are complete");
        }
        boolean silent = session.quiet(SILENCE);
        if (!silent) {
            out.fault("the control plane never stopped sending");
        }
        double settled = (session.fleet().lastMessage() - begun) / 1e9;
        out.value("all complete s", seconds(session, begun));
        out.value("settled s", settled);
        out.value("cpu s", meter.cpuSeconds());
        out.value("refused", session.fleet().refusals() - refused);
        out.latency("complete", completions(session, begun));
        meter.describe(out);
        Meter.judgeClient(out, session.fleet(), busyCpu, busySeconds);
        session.checkConsistency(out);
        session.ledger().reasons().forEach(out::note);
        memory(session, out);
        return List.of(out);
    }

    static Samples completions(Session session, long begun) {
        Samples samples = new Samples();
        for (int i = 0; i < session.fleet().size(); i++) {
            long at = session.ledger().completedAt(i);
            if (at != 0) {
                samples.add(Math.max(0, at - begun));
            }
        }
        return samples;
    }

    /// Seconds until the last stream was complete.
    static double seconds(Session session, long begun) {
        return completions(session, begun).max() / 1e3;
    }

    private static void memory(Session session, Measurement out) {
        Map<String, Long> memory = Machine.memory(session.target().pids());
        double rss = memory.getOrDefault("VmRSS", 0L);
        out.value("rss MiB", rss / 1024);
        out.value("rss high MiB", memory.getOrDefault("VmHWM", 0L) / 1024.0);
        out.value("pss MiB", memory.getOrDefault("Pss", 0L) / 1024.0);
        out.value("rss before MiB", session.emptyRss() / 1024.0);
        out.value("KiB/proxy", (rss - session.emptyRss()) / session.fleet().size());
    }
}
