package io.higuma.bench.operation;

import io.higuma.bench.report.Measurement;
import io.higuma.bench.report.Samples;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// O9: endpoints change all the time.
final class Churn implements Operation {

    private static final Duration SILENCE = Duration.ofSeconds(1);

    @Override
    public String id() {
        return "O9";
    }

    @Override
    public String words() {
        return "endpoints change all the time";
    }

    @Override
    public List<Measurement> run(Session session) throws InterruptedException {
        List<Measurement> all = new ArrayList<>();
        for (int rate : session.settings().churnRates()) {
            all.add(at(session, rate));
        }
        return all;
    }

    private Measurement at(Session session, int rate) throws InterruptedException {
        Measurement out = new Measurement(id(), rate + "/s");
        Churner churner = new Churner(session);
        Meter meter = session.meter();
        churner.run(rate, session.settings().churn(), "O9 at " + rate + "/s");
        double seconds = meter.seconds();
        double clientCpu = meter.clientCpuSeconds();
        out.value("changes", churner.count());
        out.value("cores", meter.cpuSeconds() / seconds);
        out.value("backlog at the end", churner.backlog());
        long end = System.nanoTime();
        if (!session.await("O9: waiting for the last changes", () -> churner.backlog() == 0)) {
            out.fault(churner.backlog() + " changes never reached all their streams");
        }
        out.value("drained after s", (System.nanoTime() - end) / 1e9);
        boolean silent = session.quiet(SILENCE);
        if (!silent) {
            out.fault("the control plane never stopped sending");
        }
        out.value("cpu s/change", (meter.cpuSeconds() - session.idleRate() * meter.seconds()) / churner.count());
        Samples every = new Samples();
        Samples last = new Samples();
        churner.latencies(every, last);
        out.latency("last ack", last).latency("every ack", every);
        meter.describe(out);
        Meter.judgeClient(out, session.fleet(), clientCpu, seconds);
        churner.failures().stream().limit(3).forEach(out::fault);
        session.checkConsistency(out);
        return out;
    }
}
