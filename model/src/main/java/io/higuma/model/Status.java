package io.higuma.model;

/// What the control plane found or allotted: the part of a resource that no author writes.
public interface Status {}
