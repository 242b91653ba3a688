package io.higuma.bench.wire;

import io.higuma.model.wire.Bytes;
import io.higuma.model.wire.TypeUrl;
import java.time.Duration;
import java.util.Arrays;

/// Finds in a content what an operation has put into it, whatever versions the server invents.
///
/// An endpoint's mark is its address: from `10.128.100.101` on they are numbers of changes, all of one length, so that
/// equal configurations of two proxies have equal lengths. A policy's mark is a timeout that nobody else uses: the
/// bytes of its protobuf `Duration`.
public final class Marks {

    /// The first address that is a mark and not a proxy's.
    private static final int FIRST = 128;

    private static final int LOWEST = 100;
    private static final int BASE = 100;
    private static final int MOST = 72 * BASE * BASE;

    private record Pattern(long id, Bytes bytes) {}

    private volatile Pattern pattern = new Pattern(0, Bytes.wrap(new byte[0]));

    /// The address that marks a change.
    ///
    /// @param number 1 to 719999
    public static String address(long number) {
        if (number < 1 || number >= MOST) {
            throw new IllegalArgumentException("a mark of " + number + "; 1 to " + (MOST - 1) + " are addresses");
        }
        return "10." + (FIRST + number / BASE / BASE) + "." + (LOWEST + number / BASE % BASE) + "."
                + (LOWEST + number % BASE);
    }

    /// From now on looks for a timeout.
    ///
    /// @param timeout not of whole seconds
    public void lookForTimeout(long id, Duration timeout) {
        byte[] buffer = new byte[16];
        int end = 0;
        buffer[end++] = 0x08;
        end = varint(buffer, end, timeout.toSeconds());
        buffer[end++] = 0x10;
        end = varint(buffer, end, timeout.toNanosPart());
        pattern = new Pattern(id, Bytes.wrap(Arrays.copyOf(buffer, end)));
    }

    private static int varint(byte[] buffer, int at, long value) {
        long rest = value;
        int end = at;
        while (rest > 0x7f) {
            buffer[end++] = (byte) ((rest & 0x7f) | 0x80);
            rest >>>= 7;
        }
        buffer[end++] = (byte) rest;
        return end;
    }

    long of(TypeUrl type, byte[] bytes) {
        return switch (type) {
            case ENDPOINT -> number(bytes);
            case LISTENER, ROUTE -> {
                Pattern now = pattern;
                yield now.id() != 0 && contains(bytes, now.bytes().array()) ? now.id() : 0;
            }
            case CLUSTER, SECRET -> 0;
        };
    }

    /// The highest number of a change whose address is in the content.
    static long number(byte[] bytes) {
        long highest = 0;
        for (int i = 0; i + 8 < bytes.length; i++) {
            if (bytes[i] == '1' && bytes[i + 1] == '0' && bytes[i + 2] == '.') {
                highest = Math.max(highest, numberAt(bytes, i + 3));
            }
        }
        return highest;
    }

    private static long numberAt(byte[] bytes, int from) {
        int at = from;
        long number = 0;
        for (int part = 0; part < 3; part++) {
            int value = 0;
            int digits = 0;
            while (at < bytes.length && digits < 3 && bytes[at] >= '0' && bytes[at] <= '9') {
                value = value * 10 + bytes[at++] - '0';
                digits++;
            }
            boolean more = part < 2;
            if (digits == 0 || (part == 0 && value < FIRST) || (more && (at >= bytes.length || bytes[at++] != '.'))) {
                return 0;
            }
            number = number * BASE + value - (part == 0 ? FIRST : LOWEST);
        }
        return number;
    }

    static boolean contains(byte[] bytes, byte[] part) {
        outer:
        for (int i = 0; i <= bytes.length - part.length; i++) {
            for (int j = 0; j < part.length; j++) {
                if (bytes[i + j] != part[j]) {
                    continue outer;
                }
            }
            return true;
        }
        return false;
    }
}
