package io.higuma.model;

/// How a type is written (contract 1.1).
public enum Shape {
    /// The fields of the spec stand beside `type`, `mesh` and `name`.
    FLAT,
    /// The fields stand under `spec`, what the control plane found under `status`.
    SPEC
}
