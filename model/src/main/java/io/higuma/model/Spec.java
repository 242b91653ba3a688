package io.higuma.model;

/// What a person wants: the part of a resource that is written by its author.
///
/// Implementations are records whose components carry the annotations of [io.higuma.model.annotation];
/// from them come the codec, the JSON Schema and the reference documentation.
public interface Spec {}
