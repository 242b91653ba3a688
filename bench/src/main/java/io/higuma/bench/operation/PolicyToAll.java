package io.higuma.bench.operation;

import io.higuma.bench.load.Documents;
import io.higuma.bench.load.Rest;
import io.higuma.bench.report.Measurement;
import io.higuma.bench.report.Samples;
import java.io.IOException;
import java.time.Duration;
import java.util.List;

/// O3: a timeout that every proxy has to learn.
final class PolicyToAll implements Operation {

    private static final String NAME = "bench-all";
    private static final Duration SILENCE = Duration.ofMillis(500);

    @Override
    public String id() {
        return "O3";
    }

    @Override
    public String words() {
        return "a policy for all proxies changes";
    }

    @Override
    public List<Measurement> run(Session session) throws IOException, InterruptedException {
        Measurement out = new Measurement(id(), "");
        Samples last = new Samples();
        Samples every = new Samples();
        Samples first = new Samples();
        // The first write brings the policy into being; the rounds change it.
        round(session, out, new Samples(), new Samples(), new Samples());
        Meter meter = session.meter();
        int rounds = 0;
        while (rounds < session.settings().rounds() && out.valid()) {
            round(session, out, first, last, every);
            rounds++;
        }
        double net = meter.cpuSeconds() - session.idleRate() * meter.seconds();
        out.value("rounds", rounds).value("cpu s/change", net / Math.max(1, rounds));
        meter.describe(out);
        out.latency("first byte", first).latency("last ack", last).latency("every ack", every);
        session.rest().remove("meshtimeouts", NAME);
        boolean silent = session.quiet(SILENCE);
        if (!silent) {
            out.fault("the control plane never stopped sending");
        }
        return List.of(out);
    }

    private static void round(Session session, Measurement out, Samples first, Samples last, Samples every)
            throws IOException, InterruptedException {
        int all = session.fleet().size();
        Duration timeout = session.nextPolicyMark();
        Rest.Answer answer = session.rest().mustPut("meshtimeouts", Documents.timeout(NAME, "", timeout));
        if (!session.await("O3: waiting for all proxies", () -> session.ledger().policyStreams() == all)) {
            out.fault("the policy reached " + session.ledger().policyStreams() + " of " + all + " streams");
            return;
        }
        boolean silent = session.quiet(SILENCE);
        if (!silent) {
            out.fault("the control plane never stopped sending");
        }
        long firstAt = Long.MAX_VALUE;
        long lastAt = 0;
        for (int stream = 0; stream < all; stream++) {
            firstAt = Math.min(firstAt, session.ledger().policyFirst(stream));
            lastAt = Math.max(lastAt, session.ledger().policyLast(stream));
            every.add(Math.max(0, session.ledger().policyLast(stream) - answer.answered()));
        }
        first.add(Math.max(0, firstAt - answer.answered()));
        last.add(Math.max(0, lastAt - answer.answered()));
    }
}
