package io.higuma.schema.bind;

/// The rules by which a tree becomes a record (contract 3.2).
public enum Dialect {
    /// Types with a `spec`: a schema decides, what is required must be there.
    SPEC,
    /// Flat types follow protobuf's JSON: what is absent or null is zero, numbers have no sign, and a value of the
    /// wrong kind cannot be decoded at all.
    FLAT,
    /// What a store holds, written by this version or another: unknown fields are passed over, nothing is required.
    STORED
}
