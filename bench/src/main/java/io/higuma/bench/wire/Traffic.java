package io.higuma.bench.wire;

import io.higuma.model.wire.TypeUrl;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.function.ToLongFunction;

/// What came over streams, counted by type. Owner: an event loop, until it is handed on as a sum.
public final class Traffic {

    private final Map<TypeUrl, Counts> byType = new EnumMap<>(TypeUrl.class);

    private static final class Counts {
        long messages;
        long bytes;
        long resources;
        long repeated;

        void add(Counts other, int sign) {
            messages += sign * other.messages;
            bytes += sign * other.bytes;
            resources += sign * other.resources;
            repeated += sign * other.repeated;
        }
    }

    /// Nothing yet.
    public Traffic() {
        for (TypeUrl type : TypeUrl.values()) {
            byType.put(type, new Counts());
        }
    }

    private Counts of(TypeUrl type) {
        return Objects.requireNonNull(byType.get(type));
    }

    /// Counts one response.
    void message(TypeUrl type, int size, int held) {
        Counts counts = of(type);
        counts.messages++;
        counts.bytes += size;
        counts.resources += held;
    }

    /// Counts a resource that was there already.
    void repeated(TypeUrl type) {
        of(type).repeated++;
    }

    /// Adds another to this.
    void add(Traffic other) {
        other.byType.forEach((type, counts) -> of(type).add(counts, 1));
    }

    /// What came since an earlier count.
    public Traffic since(Traffic earlier) {
        Traffic difference = new Traffic();
        difference.add(this);
        earlier.byType.forEach((type, counts) -> difference.of(type).add(counts, -1));
        return difference;
    }

    /// Responses.
    public long messages(TypeUrl type) {
        return of(type).messages;
    }

    /// Bytes of responses with their gRPC head, before TLS.
    public long bytes(TypeUrl type) {
        return of(type).bytes;
    }

    public long allMessages() {
        return sum(counts -> counts.messages);
    }

    public long allBytes() {
        return sum(counts -> counts.bytes);
    }

    /// Resources in all responses.
    public long allResources() {
        return sum(counts -> counts.resources);
    }

    /// Resources that the client held already with the same bytes: waste.
    public long allRepeated() {
        return sum(counts -> counts.repeated);
    }

    private long sum(ToLongFunction<Counts> what) {
        return byType.values().stream().mapToLong(what).sum();
    }
}
