package io.higuma.model.snapshot;

import io.higuma.model.Resource;
import io.higuma.model.ResourceKey;
import io.higuma.model.collect.PersistentMap;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;

/// Everything there is at one revision of the store: an immutable value.
///
/// @param revision the newest revision that is in it
/// @param meshes the resources of each mesh that has any
/// @param globals the resources outside meshes, the meshes themselves among them
public record MeshSnapshot(
        long revision, PersistentMap<String, MeshImage> meshes, PersistentMap<ResourceKey, Resource> globals) {

    /// Before anything was heard from the store.
    public static final MeshSnapshot EMPTY = new MeshSnapshot(0, PersistentMap.empty(), PersistentMap.empty());

    /// The resources of a mesh; an empty image if it has none.
    public MeshImage mesh(String name) {
        MeshImage image = meshes.get(name);
        return image == null ? MeshImage.empty(name) : image;
    }

    public Optional<Resource> get(ResourceKey key) {
        return key.mesh().isEmpty()
                ? Optional.ofNullable(globals.get(key))
                : mesh(key.mesh()).get(key.type(), key.name());
    }

    /// Whether a mesh was created.
    public boolean hasMesh(String name) {
        return globals.containsKey(ResourceKey.global("Mesh", name));
    }

    /// The names of all meshes with resources, sorted.
    public List<String> meshNames() {
        return List.copyOf(new TreeSet<>(meshes.keys()));
    }

    @Override
    public String toString() {
        return "snapshot " + revision;
    }
}
