package io.higuma.bench.operation;

import io.higuma.bench.report.Measurement;
import io.higuma.bench.report.Samples;
import io.higuma.model.wire.TypeUrl;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// O11: the first Dataplane of a workload that was not there. Every proxy learns of a cluster, its endpoint and a
/// listener.
final class NewService implements Operation {

    private static final Duration SILENCE = Duration.ofMillis(700);

    @Override
    public String id() {
        return "O11";
    }

    @Override
    public String words() {
        return "a new service appears";
    }

    @Override
    public List<Measurement> run(Session session) throws IOException, InterruptedException {
        Measurement out = new Measurement(id(), "");
        Samples endpoint = new Samples();
        Samples listener = new Samples();
        List<Integer> everybody = new ArrayList<>();
        for (int i = 0; i < session.fleet().size(); i++) {
            everybody.add(i);
        }
        Meter meter = session.meter();
        int rounds = Math.min(Session.NEWCOMERS, session.settings().rounds());
        for (int i = 0; i < rounds && out.valid(); i++) {
            String name = Session.newcomers().get(i);
            Change change = session.plan(session.topology().workload().services() + i, everybody);
            session.write(change, name + "-0", name);
            if (!change.await(session.settings().patience())) {
                out.fault("the endpoint of " + name + " reached " + change.count() + " of " + change.expected()
                        + " streams");
                break;
            }
            boolean silent = session.quiet(SILENCE);
            if (!silent) {
                out.fault("the control plane never stopped sending");
            }
            endpoint.add(Math.max(0, change.last() - change.answered));
            long last = 0;
            for (int stream : everybody) {
                long at = session.ledger().changedAt(stream, TypeUrl.LISTENER);
                if (at < change.sent) {
                    out.fault(session.fleet().proxy(stream).name() + " has no listener for " + name);
                    break;
                }
                last = Math.max(last, at);
            }
            listener.add(Math.max(0, last - change.answered));
        }
        double net = meter.cpuSeconds() - session.idleRate() * meter.seconds();
        out.value("services", rounds).value("cpu s/change", net / Math.max(1, rounds));
        meter.describe(out);
        out.latency("last endpoint ack", endpoint).latency("last ack", listener);
        return List.of(out);
    }
}
