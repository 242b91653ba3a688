package io.higuma.bench.operation;

import io.higuma.bench.load.Rest;
import io.higuma.bench.load.Topology;
import io.higuma.bench.report.Measurement;
import io.higuma.bench.report.Samples;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;

/// O12: what somebody waits for who looks at the mesh while it changes.
final class ApiUnderLoad implements Operation {

    private static final int RATE = 10;
    private static final long LOOK_NANOS = 100_000_000;

    @Override
    public String id() {
        return "O12";
    }

    @Override
    public String words() {
        return "the API while endpoints change";
    }

    @Override
    public List<Measurement> run(Session session) throws InterruptedException, IOException {
        Measurement out = new Measurement(id(), RATE + "/s");
        Map<String, String> paths = new LinkedHashMap<>();
        String dataplane = Topology.dataplaneName(0, 0);
        paths.put("list", "/meshes/" + Topology.MESH + "/dataplanes?size=100");
        paths.put("overview", "/meshes/" + Topology.MESH + "/dataplanes/_overview?size=100");
        paths.put("one overview", "/meshes/" + Topology.MESH + "/dataplanes/" + dataplane + "/_overview");
        Map<String, Samples> samples = new LinkedHashMap<>();
        for (String name : paths.keySet()) {
            samples.put(name, new Samples());
        }
        AtomicBoolean over = new AtomicBoolean();
        Thread reader = Thread.ofVirtual().start(() -> read(session.rest(), paths, samples, out, over));
        Churner churner = new Churner(session);
        Meter meter = session.meter();
        churner.run(RATE, session.settings().churn(), "O12");
        over.set(true);
        reader.join();
        if (!session.await("O12: waiting for the last changes", () -> churner.backlog() == 0)) {
            out.fault(churner.backlog() + " changes never reached all their streams");
        }
        samples.forEach(out::latency);
        Samples last = new Samples();
        churner.latencies(new Samples(), last);
        out.latency("last ack", last);
        meter.describe(out);
        return List.of(out);
    }

    private static void read(
            Rest rest, Map<String, String> paths, Map<String, Samples> samples, Measurement out, AtomicBoolean over) {
        while (!over.get()) {
            for (Map.Entry<String, String> path : paths.entrySet()) {
                try {
                    Rest.Answer answer = rest.get(path.getValue());
                    if (answer.ok()) {
                        java.util.Objects.requireNonNull(samples.get(path.getKey()))
                                .add(answer.answered() - answer.sent());
                    } else {
                        out.note(path.getValue() + " was answered with " + answer.status());
                        return;
                    }
                } catch (IOException e) {
                    out.fault(path.getValue() + " failed: " + e.getMessage());
                    return;
                } catch (InterruptedException e) {
                    return;
                }
            }
            LockSupport.parkNanos(LOOK_NANOS);
        }
    }
}
