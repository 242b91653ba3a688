package io.higuma.bench.wire;

import io.higuma.model.wire.TypeUrl;
import java.util.Arrays;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/// Every distinct content once: found by a hash, compared byte by byte, parsed and searched for marks when it
/// comes first. Safe for all threads.
public final class Contents {

    /// Beyond this it forgets all and begins anew; streams keep what they hold.
    private static final long MAX_BYTES = 1L << 30;

    private final ConcurrentMap<Long, Content> table = new ConcurrentHashMap<>();
    private final AtomicLong bytes = new AtomicLong();
    private final Marks marks;

    public Contents(Marks marks) {
        this.marks = marks;
    }

    /// The content at a place of a message.
    ///
    /// @param crc of the calling thread
    Content intern(TypeUrl type, byte[] from, Slices at, CRC32C crc) {
        crc.reset();
        crc.update(from, at.value, at.valueEnd - at.value);
        Long key = (crc.getValue() << 32) | (at.valueEnd - at.value);
        Content known = find(table.get(key), type, from, at);
        if (known == null) {
            known = add(key, type, from, at);
        }
        return known.hasVersion(from, at)
                ? known
                : known.withVersion(Arrays.copyOfRange(from, at.version, at.versionEnd));
    }

    private static @Nullable Content find(@Nullable Content first, TypeUrl type, byte[] from, Slices at) {
        for (Content each = first; each != null; each = each.next) {
            if (each.is(type, from, at)) {
                return each;
            }
        }
        return null;
    }

    private Content add(Long key, TypeUrl type, byte[] from, Slices at) {
        byte[] value = Arrays.copyOfRange(from, at.value, at.valueEnd);
        byte[] name = Arrays.copyOfRange(from, at.name, at.nameEnd);
        byte[] version = Arrays.copyOfRange(from, at.version, at.versionEnd);
        Content made = new Content(
                type, new byte[][] {name, version, value}, References.of(type, value), marks.of(type, value));
        if (bytes.addAndGet(value.length) > MAX_BYTES) {
            bytes.set(value.length);
            table.clear();
        }
        Content[] result = {made};
        Content unused = table.compute(key, (k, first) -> {
            Content theirs = find(first, type, from, at);
            if (theirs != null) {
                result[0] = theirs;
                return first;
            }
            made.next = first;
            return made;
        });
        assert unused != null;
        return result[0];
    }

    /// How many distinct contents came so far (since it last began anew).
    public int size() {
        return table.size();
    }
}
