package io.higuma.model;

/// The name of a resource in a control plane: unique, stable, sortable.
///
/// @param type the type's name, such as `MeshTimeout`
/// @param mesh the mesh, or the empty string for types of global scope
/// @param name the name inside the mesh
public record ResourceKey(String type, String mesh, String name) implements Comparable<ResourceKey> {

    /// The key of a resource of global scope.
    public static ResourceKey global(String type, String name) {
        return new ResourceKey(type, "", name);
    }

    @Override
    public int compareTo(ResourceKey other) {
        int order = type.compareTo(other.type);
        order = order != 0 ? order : mesh.compareTo(other.mesh);
        return order != 0 ? order : name.compareTo(other.name);
    }

    /// `Type mesh/name`, or `Type name` for global scope: for messages and logs.
    @Override
    public String toString() {
        return mesh.isEmpty() ? type + " " + name : type + " " + mesh + "/" + name;
    }
}
