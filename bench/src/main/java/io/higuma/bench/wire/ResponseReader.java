package io.higuma.bench.wire;

import io.higuma.model.wire.TypeUrl;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// Reads the envelope of a `DeltaDiscoveryResponse` where it lies: positions, no copies. Owner: an event loop.
final class ResponseReader {

    private static final TypeUrl[] TYPES = TypeUrl.values();

    private byte[] bytes = new byte[0];
    private int at;
    private int limit;

    /// Pairs of begin and end.
    private int[] resources = new int[64];
    private int resourceCount;
    private int[] removed = new int[16];
    private int removedCount;

    private @Nullable TypeUrl type;
    private int nonce;
    private int nonceEnd;

    /// @throws IllegalArgumentException if it is no such response
    void read(byte[] from, int begin, int size) {
        bytes = from;
        at = begin;
        limit = begin + size;
        resourceCount = 0;
        removedCount = 0;
        type = null;
        nonce = 0;
        nonceEnd = 0;
        while (at < limit) {
            int tag = varint();
            int end = tag % 8 == 2 ? sized() : skipped(tag);
            switch (tag) {
                case (2 << 3) | 2 -> {
                    resources = room(resources, 2 * resourceCount + 2);
                    resources[2 * resourceCount] = at;
                    resources[2 * resourceCount++ + 1] = end;
                }
                case (4 << 3) | 2 -> type = typeAt(at, end);
                case (5 << 3) | 2 -> {
                    nonce = at;
                    nonceEnd = end;
                }
                case (6 << 3) | 2 -> {
                    removed = room(removed, 2 * removedCount + 2);
                    removed[2 * removedCount] = at;
                    removed[2 * removedCount++ + 1] = end;
                }
                default -> {}
            }
            at = end;
        }
    }

    /// The type; a response of a type that was not asked for is a fault of the server.
    TypeUrl type() {
        TypeUrl known = type;
        if (known == null) {
            throw new IllegalArgumentException("a response of an unknown type");
        }
        return known;
    }

    int nonce() {
        return nonce;
    }

    int nonceLength() {
        return nonceEnd - nonce;
    }

    int resourceCount() {
        return resourceCount;
    }

    /// Finds name, version and bytes of one resource.
    void resource(int index, Slices out) {
        out.clear();
        at = resources[2 * index];
        limit = resources[2 * index + 1];
        while (at < limit) {
            int tag = varint();
            int end = tag % 8 == 2 ? sized() : skipped(tag);
            switch (tag) {
                case (1 << 3) | 2 -> {
                    out.version = at;
                    out.versionEnd = end;
                }
                case (2 << 3) | 2 -> any(end, out);
                case (3 << 3) | 2 -> {
                    out.name = at;
                    out.nameEnd = end;
                }
                default -> {}
            }
            at = end;
        }
    }

    private void any(int anyEnd, Slices out) {
        while (at < anyEnd) {
            int tag = varint();
            int end = tag % 8 == 2 ? sized() : skipped(tag);
            if (tag == ((2 << 3) | 2)) {
                out.value = at;
                out.valueEnd = end;
            }
            at = end;
        }
    }

    int removedCount() {
        return removedCount;
    }

    String removedName(int index) {
        int from = removed[2 * index];
        return new String(bytes, from, removed[2 * index + 1] - from, java.nio.charset.StandardCharsets.UTF_8);
    }

    private @Nullable TypeUrl typeAt(int from, int end) {
        for (TypeUrl each : TYPES) {
            byte[] url = RequestWriter.url(each);
            if (Arrays.equals(bytes, from, end, url, 0, url.length)) {
                return each;
            }
        }
        return null;
    }

    private static int[] room(int[] array, int size) {
        return size <= array.length ? array : Arrays.copyOf(array, 2 * array.length);
    }

    private int varint() {
        int value = 0;
        for (int shift = 0; shift < 64; shift += 7) {
            int next = bytes[at++];
            if (shift < 32) {
                value |= (next & 0x7f) << shift;
            }
            if (next >= 0) {
                return value;
            }
        }
        throw new IllegalArgumentException("a number that does not end");
    }

    private int sized() {
        int size = varint();
        int end = at + size;
        if (size < 0 || end > limit || end < at) {
            throw new IllegalArgumentException("a field of " + size + " bytes where " + (limit - at) + " are left");
        }
        return end;
    }

    private int skipped(int tag) {
        return switch (tag & 7) {
            case 0 -> afterVarint();
            case 1 -> at + 8;
            case 5 -> at + 4;
            default -> throw new IllegalArgumentException("a field of wire type " + (tag & 7));
        };
    }

    private int afterVarint() {
        int end = at;
        while (bytes[end] < 0) {
            end++;
        }
        return end + 1;
    }
}
