package io.higuma.bench.operation;

import io.higuma.bench.load.Documents;
import io.higuma.bench.load.Rest;
import io.higuma.bench.report.Measurement;
import io.higuma.bench.report.Samples;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/// O4: a timeout that one proxy has to learn. Nobody else may hear a word.
final class PolicyToOne implements Operation {

    private static final String NAME = "bench-one";
    private static final Duration SILENCE = Duration.ofMillis(300);
    private static final int COLD_SHARE = 5;
    private static final int WARM_UP_SHARE = 2;

    @Override
    public String id() {
        return "O4";
    }

    @Override
    public String words() {
        return "a policy for one proxy changes";
    }

    /// A process that has just started compiles its own code while it works: that is measured too, and apart.
    @Override
    public List<Measurement> run(Session session) throws IOException, InterruptedException {
        Settings settings = session.settings();
        int chosen = session.random().nextInt(session.fleet().size());
        List<Measurement> measured = new ArrayList<>();
        // The first write brings the policy into being; the rounds change it.
        boolean begun = write(session, chosen).isPresent() && session.quiet(SILENCE);
        if (settings.equals(Settings.QUICK)) {
            measured.add(measure(session, "", chosen, settings.rounds()));
        } else {
            measured.add(measure(session, "cold", chosen, Math.max(1, settings.changes() / COLD_SHARE)));
            begun &= warmUp(session, chosen, settings.churn().dividedBy(WARM_UP_SHARE));
            measured.add(measure(session, "warm", chosen, settings.changes()));
        }
        session.rest().remove("meshtimeouts", NAME);
        if (!session.quiet(SILENCE) || !begun) {
            measured.getLast()
                    .fault(
                            "a change that is not measured did not reach its proxy, or the control plane never stopped sending");
        }
        return measured;
    }

    /// As many changes as go one after the other, for a time.
    ///
    /// @return whether all of them arrived
    private static boolean warmUp(Session session, int chosen, Duration time) throws IOException, InterruptedException {
        long end = System.nanoTime() + time.toNanos();
        for (int change = 1; System.nanoTime() < end; change++) {
            if (write(session, chosen).isEmpty()) {
                return false;
            }
            session.progress("O4: warming up, change " + change);
        }
        boolean silent = session.quiet(SILENCE);
        session.lookIdle();
        return silent;
    }

    private Measurement measure(Session session, String variant, int chosen, int wanted)
            throws IOException, InterruptedException {
        Measurement out = new Measurement(id(), variant);
        Samples last = new Samples();
        Samples first = new Samples();
        long[] before = session.fleet().messages();
        Meter meter = session.meter();
        int rounds = 0;
        while (rounds < wanted && out.valid()) {
            OptionalLong answered = write(session, chosen);
            if (answered.isEmpty()) {
                out.fault("the policy did not reach "
                        + session.fleet().proxy(chosen).name());
                break;
            }
            if (!session.quiet(SILENCE)) {
                out.fault("the control plane never stopped sending");
            }
            first.add(Math.max(0, session.ledger().policyFirst(chosen) - answered.getAsLong()));
            last.add(Math.max(0, session.ledger().policyLast(chosen) - answered.getAsLong()));
            rounds++;
            session.progress("O4: change " + rounds + " of " + wanted);
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
        return out;
    }

    /// Changes the policy, and waits until the proxy has it.
    ///
    /// @return when the write was answered; empty if the proxy never heard of it
    private static OptionalLong write(Session session, int chosen) throws IOException, InterruptedException {
        String instance = session.fleet().proxy(chosen).name();
        Duration timeout = session.nextPolicyMark();
        Rest.Answer answer = session.rest().mustPut("meshtimeouts", Documents.timeout(NAME, instance, timeout));
        return session.await(
                        "O4: waiting for " + instance, () -> session.ledger().policyFirst(chosen) != 0)
                ? OptionalLong.of(answer.answered())
                : OptionalLong.empty();
    }
}
