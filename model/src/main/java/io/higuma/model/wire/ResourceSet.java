package io.higuma.model.wire;

import java.util.Collection;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// All resources of one type that a proxy shall hold, by name. Immutable; proxies that want the same share one object,
/// so sets are compared by reference first.
public final class ResourceSet {

    public static final ResourceSet EMPTY = new ResourceSet(new TreeMap<>());

    private final SortedMap<String, WireResource> byName;

    private ResourceSet(SortedMap<String, WireResource> byName) {
        this.byName = byName;
    }

    /// @throws IllegalArgumentException if two resources have one name
    public static ResourceSet of(Collection<WireResource> resources) {
        if (resources.isEmpty()) {
            return EMPTY;
        }
        SortedMap<String, WireResource> byName = new TreeMap<>();
        for (WireResource resource : resources) {
            if (byName.put(resource.name(), resource) != null) {
                throw new IllegalArgumentException("two resources are called " + resource.name());
            }
        }
        return new ResourceSet(byName);
    }

    public @Nullable WireResource get(String name) {
        return byName.get(name);
    }

    /// The resources in order of their names.
    public SortedMap<String, WireResource> byName() {
        return Collections.unmodifiableSortedMap(byName);
    }

    public int size() {
        return byName.size();
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return this == other || (other instanceof ResourceSet that && byName.equals(that.byName));
    }

    @Override
    public int hashCode() {
        return byName.hashCode();
    }

    @Override
    public String toString() {
        return byName.values().toString();
    }
}
