package io.higuma.envoy;

import io.higuma.envoy.build.Endpoints;
import io.higuma.model.wire.TypeUrl;
import io.higuma.model.wire.WireResource;
import java.util.ArrayList;
import java.util.List;
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

/// One ClusterLoadAssignment: made, checked, encoded and hashed; or found.
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class EndpointsBenchmark {

    @Param({"10", "100", "1000"})
    int endpoints = 10;

    private EndpointGroup group = new EndpointGroup("none", List.of());
    private EndpointGroup equal = group;
    private final Interner interner = new Interner();
    private WireResource held = new ProxyCompiler(interner, List.of()).endpoints(group);

    @Setup
    public void load() {
        group = group();
        equal = group();
        held = intern(group);
    }

    private EndpointGroup group() {
        List<EndpointGroup.Endpoint> members = new ArrayList<>();
        for (int i = 0; i < endpoints; i++) {
            String address = "10." + (100 + i / 100) + "." + (100 + i % 100) + ".100";
            members.add(new EndpointGroup.Endpoint(address, 8080, "default", 0, 1));
        }
        return new EndpointGroup("kri_msvc_default_default__web_8080", members);
    }

    private WireResource intern(EndpointGroup input) {
        return interner.intern(TypeUrl.ENDPOINT, input.clusterName(), input, Endpoints::build);
    }

    /// As when an endpoint changed: nothing is there yet.
    @Benchmark
    public WireResource encode() {
        return new Interner().intern(TypeUrl.ENDPOINT, group.clusterName(), group, Endpoints::build);
    }

    /// As when another proxy wants what is there.
    @Benchmark
    public boolean internHit() {
        return intern(equal) == held;
    }
}
