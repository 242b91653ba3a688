package io.higuma.bench.wire;

import io.higuma.model.wire.TypeUrl;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// A resource as it came, kept once for all streams that hold the same.
public final class Content {

    private final TypeUrl type;
    private final String name;
    private final String version;
    private final byte[] nameBytes;
    private final byte[] versionBytes;
    private final byte[] bytes;
    private final References references;
    private final long mark;
    /// The next one whose hash is the same. Guarded by the table.
    volatile @Nullable Content next;

    Content(TypeUrl type, byte[][] parts, References references, long mark) {
        this.type = type;
        this.nameBytes = parts[0];
        this.versionBytes = parts[1];
        this.bytes = parts[2];
        this.name = new String(nameBytes, java.nio.charset.StandardCharsets.UTF_8);
        this.version = new String(versionBytes, java.nio.charset.StandardCharsets.UTF_8);
        this.references = references;
        this.mark = mark;
    }

    public TypeUrl type() {
        return type;
    }

    public String name() {
        return name;
    }

    public String version() {
        return version;
    }

    /// The message of the type, without the `Any` around it; to be read only.
    public byte[] bytes() {
        return bytes;
    }

    public References references() {
        return references;
    }

    /// What [Marks] found in it; 0: nothing.
    public long mark() {
        return mark;
    }

    boolean is(TypeUrl other, byte[] from, Slices at) {
        return type == other
                && Arrays.equals(bytes, 0, bytes.length, from, at.value, at.valueEnd)
                && Arrays.equals(nameBytes, 0, nameBytes.length, from, at.name, at.nameEnd);
    }

    boolean hasVersion(byte[] from, Slices at) {
        return Arrays.equals(versionBytes, 0, versionBytes.length, from, at.version, at.versionEnd);
    }

    /// The same under another version: a server may count versions per stream.
    Content withVersion(byte[] other) {
        return new Content(type, new byte[][] {nameBytes, other, bytes}, references, mark);
    }

    /// Type, name and version; never the bytes, which may hold a private key.
    @Override
    public String toString() {
        return type + " " + name + "@" + version;
    }
}
