package io.higuma.bench.operation;

import io.higuma.bench.report.Measurement;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/// Something that is done to a loaded control plane.
public interface Operation {

    /// All of them, in the order in which they are best run: what changes the mesh for good comes last.
    List<Operation> EVERY = List.of(
            new ColdStart(),
            new OneEndpoint(),
            new PolicyToAll(),
            new PolicyToOne(),
            new NoOpWrite(),
            new NewService(),
            new Idle(),
            new Churn(),
            new ApiUnderLoad(),
            new SlowReaders(),
            new ReconnectStorm(),
            new Restart(),
            new CaRotation());

    static Optional<Operation> of(String id) {
        return EVERY.stream().filter(o -> o.id().equalsIgnoreCase(id)).findFirst();
    }

    /// `O1` to `O13`.
    String id();

    /// What is done, in a few words.
    String words();

    /// Does it. All streams are connected and quiet before, and after, except before O1.
    List<Measurement> run(Session session) throws IOException, InterruptedException;
}
