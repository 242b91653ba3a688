package io.higuma.bench.operation;

import io.higuma.bench.load.Documents;
import io.higuma.bench.load.Rest;
import io.higuma.bench.report.Measurement;
import io.higuma.bench.report.Samples;
import java.io.IOException;
import java.time.Duration;
import java.util.List;

/// O4: a timeout that one proxy has to learn. Nobody else may hear a word.
final class PolicyToOne implements Operation {

    private static final String NAME = "bench-one";
    private static final Duration SILENCE = Duration.ofMillis(300);

    @Override
    public String id() {
        return "O4";
    }

    @Override
    public String words() {
        return "a policy for one proxy changes";
    }

    @Override
    public List<Measurement> run(Session session) throws IOException, InterruptedException {
        Measurement out = new Measurement(id(), "");
        Samples last = new Samples();
        Samples first = new Samples();
        int chosen = session.random().nextInt(session.fleet().size());
        String instance = session.fleet().proxy(chosen).name();
        round(session, out, instance, chosen, new Samples(), new Samples());
        long[] before = session.fleet().messages();
        Meter meter = session.meter();
        int rounds = 0;
        while (rounds < session.settings().rounds() && out.valid()) {
            round(session, out, instance, chosen, first, last);
            rounds++;
        }
        double net = meter.cpuSeconds() - session.idleRate() * meter.seconds();
        out.value("rounds", rounds).value("cpu s/change", net / Math.max(1, rounds));
        long[] after = session.fleet().messages();
        meter.describe(out);
        long others = 0;
        for (int stream = 0; stream < after.length; stream++) {
            others += stream == chosen ? 0 : after[stream] - before[stream];
        }
        out.value("messages to others", others);
        out.latency("first byte", first).latency("last ack", last);
        session.rest().remove("meshtimeouts", NAME);
        boolean silent = session.quiet(SILENCE);
        if (!silent) {
            out.fault("the control plane never stopped sending");
        }
        return List.of(out);
    }

    private static void round(
            Session session, Measurement out, String instance, int chosen, Samples first, Samples last)
            throws IOException, InterruptedException {
        int millis = session.nextPolicyMark();
        Rest.Answer answer = session.rest().mustPut("meshtimeouts", Documents.timeout(NAME, instance, 20, millis));
        if (!session.await("O4: waiting for " + instance, () -> session.ledger().policyFirst(chosen) != 0)) {
            out.fault("the policy did not reach " + instance);
            return;
        }
        boolean silent = session.quiet(SILENCE);
        if (!silent) {
            out.fault("the control plane never stopped sending");
        }
        first.add(Math.max(0, session.ledger().policyFirst(chosen) - answer.answered()));
        last.add(Math.max(0, session.ledger().policyLast(chosen) - answer.answered()));
    }
}
