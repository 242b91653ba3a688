package io.higuma.model;

/// Whether the resources of a type live inside a mesh.
public enum Scope {
    GLOBAL,
    MESH
}
