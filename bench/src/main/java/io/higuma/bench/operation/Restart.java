package io.higuma.bench.operation;

import io.higuma.bench.report.Measurement;
import java.io.IOException;
import java.util.List;

/// O8: the control plane ends and starts again under its proxies.
final class Restart implements Operation {

    @Override
    public String id() {
        return "O8";
    }

    @Override
    public String words() {
        return "the control plane restarts";
    }

    @Override
    public List<Measurement> run(Session session) throws IOException, InterruptedException {
        if (!session.target().restartable()) {
            return List.of(new Measurement(id(), "").note("left out: somebody else started this control plane"));
        }
        return List.of(restart(session, "SIGTERM", false), restart(session, "SIGKILL", true));
    }

    private Measurement restart(Session session, String variant, boolean kill)
            throws IOException, InterruptedException {
        Measurement out = new Measurement(id(), variant);
        session.ledger().forgetCompletions();
        int refused = session.fleet().refusals();
        Meter before = session.meter();
        long begun = System.nanoTime();
        session.target().restart(kill);
        out.value("API answers s", (System.nanoTime() - begun) / 1e9);
        ReconnectStorm.awaitBack(session, out);
        ReconnectStorm.describe(session, out, before, begun);
        out.value("refused", session.fleet().refusals() - refused);
        // The process is a new one: all its CPU time belongs to this.
        out.value(
                "cpu s",
                io.higuma.bench.target.Machine.cpuSeconds(session.target().pids()));
        return out;
    }
}
