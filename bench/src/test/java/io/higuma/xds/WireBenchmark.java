package io.higuma.xds;

import io.higuma.model.wire.Bytes;
import io.higuma.model.wire.ResourceSet;
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

/// Two sets that differ in one resource, and the response that tells of it.
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class WireBenchmark {

    private static final int BYTES = 500;

    /// Resources in a set: as scoped and as unscoped proxies have.
    @Param({"10", "100"})
    int resources = 10;

    private ResourceSet before = ResourceSet.EMPTY;
    private ResourceSet after = ResourceSet.EMPTY;
    private ResourceSet other = ResourceSet.EMPTY;
    private final Differences differences = new Differences();
    private List<WireResource> changed = List.of();
    private List<WireResource> all = List.of();

    @Setup
    public void load() {
        before = set(-1);
        after = set(resources / 2);
        other = set(resources / 3);
        all = List.copyOf(after.byName().values());
        changed = all.subList(resources / 2, resources / 2 + 1);
    }

    private ResourceSet set(int different) {
        List<WireResource> list = new ArrayList<>();
        for (int i = 0; i < resources; i++) {
            byte[] bytes = new byte[BYTES];
            bytes[0] = (byte) (i == different ? 1 : 0);
            list.add(WireResource.of(
                    TypeUrl.ENDPOINT, "kri_msvc_default_default__svc-%04d".formatted(i), Bytes.wrap(bytes)));
        }
        return ResourceSet.of(list);
    }

    /// Compared anew: the first stream of a wave pays this, the others find the answer. Both calls do work, because
    /// only the last pair is kept.
    @Benchmark
    public int diffOfTwoSets() {
        return differences.between(TypeUrl.ENDPOINT, before, after).names().size()
                + differences.between(TypeUrl.ENDPOINT, before, other).names().size();
    }

    @Benchmark
    public List<byte[]> encodeAResponseOfOne() {
        return encoded(changed);
    }

    @Benchmark
    public List<byte[]> encodeAResponseOfAll() {
        return encoded(all);
    }

    private static List<byte[]> encoded(List<WireResource> what) {
        return ResponseCodec.encode(
                new Response(AdsStream.Variant.DELTA, TypeUrl.ENDPOINT, "a1", 7, what, List.of(), ""));
    }
}
