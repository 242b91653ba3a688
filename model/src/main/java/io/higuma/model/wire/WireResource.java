package io.higuma.model.wire;

import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// One xDS resource as it goes to a proxy, encoded once and shared by all streams.
///
/// @see Bytes
public final class WireResource {

    private final TypeUrl type;
    private final String name;
    private final String version;
    private final Bytes bytes;
    private final List<Reference> references;

    /// Written by any thread, at worst more than once with equal bytes; [Bytes] is safely published by its
    /// final field.
    private @Nullable Bytes head;

    /// @param version the hash of the bytes, equal on every replica and across restarts
    /// @param bytes the message of the type, without the `Any` around it
    public WireResource(TypeUrl type, String name, String version, Bytes bytes) {
        this(type, name, version, bytes, List.of());
    }

    private WireResource(TypeUrl type, String name, String version, Bytes bytes, List<Reference> references) {
        this.type = type;
        this.name = name;
        this.version = version;
        this.bytes = bytes;
        this.references = references;
    }

    /// Encodes nothing: hashes the bytes to get the version.
    public static WireResource of(TypeUrl type, String name, Bytes bytes) {
        return new WireResource(type, name, Versions.of(bytes), bytes);
    }

    /// The same, with what it leads to.
    public static WireResource of(TypeUrl type, String name, Bytes bytes, List<Reference> references) {
        return new WireResource(type, name, Versions.of(bytes), bytes, List.copyOf(references));
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

    public Bytes bytes() {
        return bytes;
    }

    /// The resources it leads to, each once; empty if nobody looked.
    public List<Reference> references() {
        return references;
    }

    /// What the wire puts before the bytes, encoded at the first call and shared by all streams ever after.
    ///
    /// @param encoder a pure function, always the same one
    public Bytes head(Function<WireResource, Bytes> encoder) {
        Bytes known = head;
        if (known == null) {
            known = encoder.apply(this);
            head = known;
        }
        return known;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return this == other
                || (other instanceof WireResource that
                        && type == that.type
                        && name.equals(that.name)
                        && version.equals(that.version));
    }

    @Override
    public int hashCode() {
        return Objects.hash(type, name, version);
    }

    /// Type, name and version; never the bytes, which may hold a private key.
    @Override
    public String toString() {
        return type + " " + name + "@" + version;
    }
}
