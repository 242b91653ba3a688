package io.higuma.model;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// The types a control plane knows: the core ones and one per policy. An immutable value that is handed to whoever
/// needs it; there is no global registry.
public final class ResourceTypes {

    private final Map<String, ResourceType<?>> byName;
    private final Map<String, ResourceType<?>> byPath;

    private ResourceTypes(Map<String, ResourceType<?>> byName, Map<String, ResourceType<?>> byPath) {
        this.byName = byName;
        this.byPath = byPath;
    }

    /// @throws IllegalArgumentException if two types share a name or a path
    public static ResourceTypes of(Collection<? extends ResourceType<?>> types) {
        Map<String, ResourceType<?>> names = new TreeMap<>();
        Map<String, ResourceType<?>> paths = new TreeMap<>();
        for (ResourceType<?> type : types) {
            if (names.put(type.name(), type) != null
                    || (!type.names().path().isEmpty() && paths.put(type.names().path(), type) != null)) {
                throw new IllegalArgumentException("two resource types are called " + type.name());
            }
        }
        return new ResourceTypes(names, paths);
    }

    public Optional<ResourceType<?>> byName(String name) {
        return Optional.ofNullable(byName.get(name));
    }

    public Optional<ResourceType<?>> byPath(String path) {
        return Optional.ofNullable(byPath.get(path));
    }

    /// All types in order of their names.
    public List<ResourceType<?>> all() {
        return List.copyOf(byName.values());
    }
}
