package io.higuma.bench.operation;

import io.higuma.bench.load.Documents;
import io.higuma.bench.load.Topology;
import io.higuma.bench.report.Measurement;
import io.higuma.bench.wire.Marks;
import java.io.IOException;
import java.time.Duration;
import java.util.List;

/// O5: writes that no proxy may notice: what is there already, and a secret that nothing refers to.
final class NoOpWrite implements Operation {

    private static final String SECRET = "bench-unrelated";
    private static final Duration QUICK = Duration.ofSeconds(2);
    private static final Duration LONG = Duration.ofSeconds(10);

    @Override
    public String id() {
        return "O5";
    }

    @Override
    public String words() {
        return "writes that change nothing for proxies";
    }

    @Override
    public List<Measurement> run(Session session) throws IOException, InterruptedException {
        Measurement same = new Measurement(id(), "identical");
        measure(session, same, round -> {
            int service = round % session.topology().workload().services();
            session.rest()
                    .mustPut(
                            "dataplanes",
                            Documents.extra(
                                    Topology.extraName(service),
                                    Topology.serviceName(service),
                                    Marks.address(session.current(service))));
        });
        Measurement secret = new Measurement(id(), "secret");
        measure(session, secret, round -> session.rest().mustPut("secrets", Documents.secret(SECRET, round)));
        session.rest().remove("secrets", SECRET);
        return List.of(same, secret);
    }

    private interface Write {
        void make(int round) throws IOException, InterruptedException;
    }

    private void measure(Session session, Measurement out, Write write) throws IOException, InterruptedException {
        Duration look = session.settings().equals(Settings.QUICK) ? QUICK : LONG;
        Meter meter = session.meter();
        int rounds = session.settings().rounds();
        for (int round = 0; round < rounds; round++) {
            write.make(round);
        }
        session.await("O5: listening", look, () -> false);
        double net = meter.cpuSeconds() - session.idleRate() * meter.seconds();
        out.value("writes", rounds).value("cpu s/change", net / rounds);
        meter.describe(out);
    }
}
