package io.higuma.bench.operation;

import io.higuma.bench.report.Measurement;
import io.higuma.bench.target.Machine;
import java.util.List;
import java.util.Map;

/// O10: nothing happens.
final class Idle implements Operation {

    @Override
    public String id() {
        return "O10";
    }

    @Override
    public String words() {
        return "idle";
    }

    @Override
    public List<Measurement> run(Session session) {
        Measurement out = new Measurement(id(), "");
        long before = Machine.memory(session.target().pids()).getOrDefault("VmRSS", 0L);
        Meter meter = session.meter();
        session.await("O10: idle", session.settings().idle(), () -> false);
        double cores = meter.cpuSeconds() / meter.seconds();
        session.idleRate(cores);
        Map<String, Long> memory = Machine.memory(session.target().pids());
        out.value("seconds", meter.seconds()).value("cores", cores);
        out.value("rss MiB", memory.getOrDefault("VmRSS", 0L) / 1024.0);
        out.value("rss growth KiB", memory.getOrDefault("VmRSS", 0L) - before);
        meter.describe(out);
        return List.of(out);
    }
}
