package io.higuma.model.wire;

/// That a resource leads to another one, which must be there before it can be used.
///
/// @param type of the other one
/// @param name of the other one
public record Reference(TypeUrl type, String name) {}
