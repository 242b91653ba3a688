package io.higuma.model.wire;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// An immutable array of bytes. Whoever makes one gives the array away and never writes to it again.
public final class Bytes {

    private final byte[] array;

    private Bytes(byte[] array) {
        this.array = array;
    }

    /// Takes the array over without a copy.
    public static Bytes wrap(byte[] array) {
        return new Bytes(array);
    }

    /// The array itself, to be read only: a copy for every stream is what this class exists to avoid.
    public byte[] array() {
        return array;
    }

    public int size() {
        return array.length;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Bytes that && Arrays.equals(array, that.array);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(array);
    }

    @Override
    public String toString() {
        return array.length + " bytes";
    }
}
