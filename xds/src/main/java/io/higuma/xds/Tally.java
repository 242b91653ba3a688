package io.higuma.xds;

import io.higuma.model.wire.TypeUrl;
import java.util.concurrent.atomic.AtomicLongArray;

/// What went over one stream, in numbers. Written by the stream's event loop, read by anybody: counting
/// costs an addition and no message.
@SuppressWarnings("EnumOrdinal") // places in an array that nobody else sees
public final class Tally {

    /// What is counted, per type.
    public enum Of {
        /// Responses that left for the client.
        SENT,
        /// Responses that it accepted.
        ACCEPTED,
        /// Responses that it refused.
        REFUSED,
        /// Resources in responses.
        RESOURCES,
        /// Bytes of responses, without HTTP and TLS.
        BYTES
    }

    private static final int WIDTH = Of.values().length;

    private final AtomicLongArray counts = new AtomicLongArray(TypeUrl.values().length * WIDTH);

    /// For the owner.
    void add(TypeUrl type, Of what, long amount) {
        int place = type.ordinal() * WIDTH + what.ordinal();
        counts.setRelease(place, counts.getPlain(place) + amount);
    }

    public long count(TypeUrl type, Of what) {
        return counts.getAcquire(type.ordinal() * WIDTH + what.ordinal());
    }

    /// Over all types.
    public long total(Of what) {
        long sum = 0;
        for (TypeUrl type : TypeUrl.values()) {
            sum += count(type, what);
        }
        return sum;
    }
}
