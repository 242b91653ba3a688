package io.higuma.engine;

import io.higuma.bench.load.Topology;
import io.higuma.bench.load.Workload;
import io.higuma.model.Resource;
import io.higuma.model.ResourceKey;
import io.higuma.model.core.CoreTypes;
import io.higuma.model.snapshot.MeshDelta;
import io.higuma.model.snapshot.MeshSnapshot;
import io.higuma.model.snapshot.ResourceChange;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/// What the loop does for one endpoint change, and what a compile thread does for one proxy, at a thousand proxies.
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class EngineBenchmark {

    /// W1: everybody sees everything. W2: ten services each.
    @Param({"W1", "W2"})
    String workload = "W2";

    private MeshFixture mesh = new MeshFixture(Workload.EVERY.getFirst());
    private Resource[] addresses = {};
    private MeshSnapshot moved = MeshSnapshot.EMPTY;
    private ResourceChange change =
            new ResourceChange(CoreTypes.MESH.key("", "none"), java.util.Optional.empty(), java.util.Optional.empty());
    private Affected affected = new Affected(mesh.targets, mesh.callers());
    private Planner planner = mesh.planner();
    private EngineState state = EngineState.EMPTY;
    private int turn;

    @Setup
    public void load() {
        mesh = new MeshFixture(Workload.of(workload).orElseThrow());
        addresses = new Resource[] {mesh.moved(0, "10.128.100.101"), mesh.moved(0, "10.128.100.102")};
        MeshDelta delta = new MeshDelta(mesh.snapshot, mesh.targets).upsert(addresses[0]);
        change = delta.changes().getFirst();
        moved = delta.apply();
        affected = new Affected(mesh.targets, mesh.callers());
        planner = mesh.planner();
        state = EngineState.EMPTY.withSnapshot(mesh.snapshot);
        warm();
    }

    /// What is interned stays interned while this holds it.
    private Planner.Plan warm() {
        return planner.plan(state, proxy(0), MeshFixture.TRAITS);
    }

    private static ResourceKey proxy(int service) {
        return CoreTypes.DATAPLANE.key(Topology.MESH, Topology.dataplaneName(service, 0));
    }

    /// One Dataplane moves: a new snapshot with its indexes.
    @Benchmark
    public MeshSnapshot applyADelta() {
        return new MeshDelta(mesh.snapshot, mesh.targets)
                .upsert(addresses[turn++ & 1])
                .apply();
    }

    /// Who sees that?
    @Benchmark
    public Object affectedBy() {
        Dirty dirty = new Dirty();
        affected.mark(change, mesh.snapshot, moved, dirty);
        return dirty;
    }

    /// The whole configuration of one proxy whose shared resources are there already.
    @Benchmark
    public Object compileOneProxy() {
        return planner.plan(state, proxy(turn++ % 10), MeshFixture.TRAITS);
    }

    /// The members of one service, gathered anew.
    @Benchmark
    public Object gatherEndpoints() {
        Resource service = state.snapshot()
                .get(CoreTypes.MESH_SERVICE.key(Topology.MESH, Topology.serviceName(0)))
                .orElseThrow();
        return Views.endpoints(state, service, "default");
    }
}
