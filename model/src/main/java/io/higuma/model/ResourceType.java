package io.higuma.model;

import java.util.Optional;

/// A kind of resource, as data: everything that is the same for all its resources.
///
/// @param name the type's name, such as `MeshTimeout`
/// @param spec the record its spec is made of
/// @param status the record its status is made of; empty for types without one
/// @param scope inside a mesh or not
/// @param shape how it is written
/// @param names the names under which people and paths refer to it
/// @param writable whether the API may write it
/// @param policy what a policy may contain; empty for types that are not policies
public record ResourceType<S extends Spec>(
        String name,
        Class<S> spec,
        Optional<Class<? extends Status>> status,
        Scope scope,
        Shape shape,
        TypeNames names,
        boolean writable,
        Optional<PolicyTraits> policy) {

    /// The key of a resource of this type.
    ///
    /// @param mesh ignored for types of global scope
    public ResourceKey key(String mesh, String resource) {
        return new ResourceKey(name, scope == Scope.GLOBAL ? "" : mesh, resource);
    }

    @Override
    public String toString() {
        return name;
    }
}
