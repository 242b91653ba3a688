package io.higuma.envoy.check;

import java.nio.charset.StandardCharsets;

/// The fields of a message where they lie in its bytes, one after the other
/// ([encoding](https://protobuf.dev/programming-guides/encoding/)): nothing is made of those that nobody asks for. For
/// bytes that we wrote ourselves; others are a fault.
final class Fields {

    private static final int VARINT = 0;
    private static final int FIXED_64 = 1;
    private static final int SIZED = 2;
    private static final int FIXED_32 = 5;
    private static final int KIND_BITS = 3;

    private final byte[] bytes;
    private final int begin;
    private final int end;
    private int at;

    private int number;
    private int kind;
    private long value;
    private int from;

    private Fields(byte[] bytes, int begin, int end) {
        this.bytes = bytes;
        this.begin = begin;
        this.end = end;
        this.at = begin;
    }

    static Fields of(byte[] message) {
        return new Fields(message, 0, message.length);
    }

    /// The same message from its first field.
    Fields again() {
        return new Fields(bytes, begin, end);
    }

    /// Goes to the next field.
    ///
    /// @return whether there is one
    boolean next() {
        if (at >= end) {
            return false;
        }
        int tag = (int) varint();
        number = tag >>> KIND_BITS;
        kind = tag & ((1 << KIND_BITS) - 1);
        switch (kind) {
            case VARINT -> value = varint();
            case FIXED_64 -> skip(Long.BYTES);
            case SIZED -> skip(Math.toIntExact(varint()));
            case FIXED_32 -> skip(Integer.BYTES);
            default -> throw new IllegalArgumentException("a field of kind " + kind);
        }
        return true;
    }

    private void skip(int size) {
        from = at;
        at += size;
        if (size < 0 || at > end) {
            throw new IllegalArgumentException("a field that is longer than its message");
        }
    }

    private long varint() {
        long read = 0;
        for (int shift = 0; shift < Long.SIZE; shift += 7) {
            byte part = bytes[at++];
            read |= (long) (part & 0x7f) << shift;
            if (part >= 0) {
                return read;
            }
        }
        throw new IllegalArgumentException("a number that does not end");
    }

    int number() {
        return number;
    }

    /// The value of a number, a boolean or an enum that is no fixed one.
    long value() {
        return value;
    }

    /// Whether the value has a size: a text, bytes, a message, numbers packed together.
    boolean isSized() {
        return kind == SIZED;
    }

    int size() {
        return at - from;
    }

    String text() {
        return new String(bytes, from, size(), StandardCharsets.UTF_8);
    }

    /// The fields of the message that is the value.
    Fields inside() {
        return new Fields(bytes, from, at);
    }

    /// The next of numbers that are packed together, in a value of them.
    long packed() {
        return varint();
    }

    /// Bytes behind the last field, or the last packed number.
    int remaining() {
        return end - at;
    }

    /// The last text of a number; empty if there is none. Goes to the end.
    String textOf(int wanted) {
        String found = "";
        while (next()) {
            found = number == wanted ? text() : found;
        }
        return found;
    }

    /// The last number of a number; 0 if there is none. Goes to the end.
    long valueOf(int wanted) {
        long found = 0;
        while (next()) {
            found = number == wanted ? value : found;
        }
        return found;
    }
}
