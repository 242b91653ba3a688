package io.higuma.bench.operation;

import io.higuma.bench.load.Documents;
import io.higuma.bench.load.Rest;
import io.higuma.bench.report.Measurement;
import io.higuma.bench.report.Samples;
import io.higuma.model.wire.TypeUrl;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// O6: every proxy gets a certificate of a new CA. A mesh without identities gets its first one before, which is
/// measured too.
final class CaRotation implements Operation {

    /// Of two identities with equal selectors the name that sorts first wins.
    private static final String FIRST = "bench-identity";

    private static final String SECOND = "a-bench-identity";
    private static final Duration SILENCE = Duration.ofSeconds(3);

    @Override
    public String id() {
        return "O6";
    }

    @Override
    public String words() {
        return "every proxy gets a new certificate";
    }

    @Override
    public List<Measurement> run(Session session) throws IOException, InterruptedException {
        List<Measurement> all = new ArrayList<>();
        if (!session.topology().workload().identity()) {
            all.add(identity(session, "first identity", FIRST));
        }
        all.add(identity(session, "rotation", SECOND));
        return all;
    }

    private Measurement identity(Session session, String variant, String name)
            throws IOException, InterruptedException {
        Measurement out = new Measurement(id(), variant);
        Meter meter = session.meter();
        Rest.Answer answer = session.rest().mustPut("meshidentities", Documents.identity(name));
        int all = session.fleet().size();
        if (!session.await("O6: waiting for certificates", () -> withSecret(session, answer.sent()) == all)) {
            out.fault(withSecret(session, answer.sent()) + " of " + all + " streams have a new certificate");
        }
        if (!session.quiet(SILENCE)) {
            out.fault("the control plane never stopped sending");
        }
        Samples last = new Samples();
        for (int stream = 0; stream < all; stream++) {
            long at = session.ledger().changedAt(stream, TypeUrl.SECRET);
            if (at >= answer.sent()) {
                last.add(Math.max(0, at - answer.answered()));
            }
        }
        out.value("all acked s", last.max() / 1e3);
        out.value("settled s", (session.fleet().lastMessage() - answer.answered()) / 1e9);
        out.value("cpu s", meter.cpuSeconds() - session.idleRate() * meter.seconds());
        out.latency("new certificate", last);
        meter.describe(out);
        session.checkConsistency(out);
        return out;
    }

    private static int withSecret(Session session, long since) {
        int count = 0;
        for (int stream = 0; stream < session.fleet().size(); stream++) {
            long at = session.ledger().changedAt(stream, TypeUrl.SECRET);
            count += at != 0 && at >= since ? 1 : 0;
        }
        return count;
    }
}
