package io.higuma.bench.operation;

import io.higuma.bench.report.Measurement;
import java.time.Duration;
import java.util.List;

/// O7: all connections end and come back at once, each saying what it holds.
final class ReconnectStorm implements Operation {

    private static final Duration SILENCE = Duration.ofSeconds(2);

    @Override
    public String id() {
        return "O7";
    }

    @Override
    public String words() {
        return "all proxies reconnect with what they hold";
    }

    @Override
    public List<Measurement> run(Session session) {
        return List.of(storm(session, "FIN", true), storm(session, "RST", false));
    }

    private Measurement storm(Session session, String variant, boolean politely) {
        Measurement out = new Measurement(id(), variant);
        Meter meter = session.meter();
        int refused = session.fleet().refusals();
        session.fleet().disconnect(politely);
        session.ledger().forgetCompletions();
        long begun = System.nanoTime();
        session.fleet().connect();
        awaitBack(session, out);
        describe(session, out, meter, begun);
        out.value("refused", session.fleet().refusals() - refused);
        out.value("cpu s", meter.cpuSeconds());
        return out;
    }

    static void awaitBack(Session session, Measurement out) {
        int all = session.fleet().size();
        if (!session.await(
                "waiting for all proxies to be back", () -> session.ledger().completions() == all)) {
            out.fault(session.ledger().completions() + " of " + all + " streams are back");
        }
    }

    static void describe(Session session, Measurement out, Meter meter, long begun) {
        double seconds = meter.seconds();
        double clientCpu = meter.clientCpuSeconds();
        if (!session.quiet(SILENCE)) {
            out.fault("the control plane never stopped sending");
        }
        out.value("all back s", ColdStart.seconds(session, begun));
        out.value("settled s", (session.fleet().lastMessage() - begun) / 1e9);
        out.latency("back", ColdStart.completions(session, begun));
        meter.describe(out);
        Meter.judgeClient(out, session.fleet(), clientCpu, seconds);
        session.checkConsistency(out);
        session.ledger().reasons().forEach(out::note);
    }
}
