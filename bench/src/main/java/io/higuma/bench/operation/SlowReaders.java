package io.higuma.bench.operation;

import io.higuma.bench.report.Measurement;
import io.higuma.bench.report.Samples;
import io.higuma.bench.target.Machine;
import java.time.Duration;
import java.util.BitSet;
import java.util.List;

/// O13: one stream in twenty stops reading while endpoints change. The others may not feel it.
final class SlowReaders implements Operation {

    private static final int ONE_IN = 20;
    private static final int RATE = 10;
    private static final Duration SILENCE = Duration.ofSeconds(2);

    @Override
    public String id() {
        return "O13";
    }

    @Override
    public String words() {
        return "one stream in twenty stops reading";
    }

    @Override
    public List<Measurement> run(Session session) throws InterruptedException {
        Duration length = session.settings().churn().dividedBy(2);
        Measurement before = new Measurement(id(), "all read");
        churn(session, before, length);
        Measurement during = new Measurement(id(), "5 % stopped");
        BitSet slow = new BitSet();
        for (int stream = 0; stream < session.fleet().size(); stream += ONE_IN) {
            slow.set(stream);
        }
        session.ledger().exclude(slow);
        session.fleet().reading(slow, false);
        long rss = Machine.memory(session.target().pids()).getOrDefault("VmRSS", 0L);
        churn(session, during, length);
        during.value("rss growth KiB", Machine.memory(session.target().pids()).getOrDefault("VmRSS", 0L) - rss);
        session.fleet().reading(slow, true);
        session.ledger().exclude(new BitSet());
        if (!session.quiet(SILENCE)) {
            during.fault("the control plane never stopped sending");
        }
        session.checkConsistency(during);
        session.ledger().reasons().forEach(during::note);
        return List.of(before, during);
    }

    private static void churn(Session session, Measurement out, Duration length) throws InterruptedException {
        Churner churner = new Churner(session);
        Meter meter = session.meter();
        churner.run(RATE, length, "O13");
        if (!session.await("O13: waiting for the last changes", () -> churner.backlog() == 0)) {
            out.fault(churner.backlog() + " changes never reached all their streams");
        }
        Samples every = new Samples();
        Samples last = new Samples();
        churner.latencies(every, last);
        out.value("changes", churner.count());
        out.latency("last ack", last).latency("every ack", every);
        meter.describe(out);
    }
}
