package io.higuma.model.wire;

import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// All resources of one type that a proxy shall hold, in order of their names. Immutable; proxies that
/// want the same share one object, so sets are compared by reference first. A sorted array: four bytes
/// a resource, and a lookup is a binary search.
public final class ResourceSet {

    public static final ResourceSet EMPTY = new ResourceSet(new WireResource[0]);

    private final WireResource[] sorted;
    private final List<WireResource> view;

    private ResourceSet(WireResource[] sorted) {
        this.sorted = sorted;
        this.view = Collections.unmodifiableList(Arrays.asList(sorted));
    }

    /// @throws IllegalArgumentException if two resources have one name
    public static ResourceSet of(Collection<WireResource> resources) {
        if (resources.isEmpty()) {
            return EMPTY;
        }
        WireResource[] sorted = resources.toArray(new WireResource[0]);
        Arrays.sort(sorted, Comparator.comparing(WireResource::name));
        for (int i = 1; i < sorted.length; i++) {
            if (sorted[i].name().equals(sorted[i - 1].name())) {
                throw new IllegalArgumentException("two resources are called " + sorted[i].name());
            }
        }
        return new ResourceSet(sorted);
    }

    public @Nullable WireResource get(String name) {
        int low = 0;
        int high = sorted.length - 1;
        while (low <= high) {
            int middle = (low + high) >>> 1;
            int order = sorted[middle].name().compareTo(name);
            if (order == 0) {
                return sorted[middle];
            }
            if (order < 0) {
                low = middle + 1;
            } else {
                high = middle - 1;
            }
        }
        return null;
    }

    /// The resources in order of their names.
    public List<WireResource> resources() {
        return view;
    }

    /// The resources by their names, in order. A copy: for places where nobody waits.
    public SortedMap<String, WireResource> byName() {
        SortedMap<String, WireResource> map = new TreeMap<>();
        for (WireResource resource : sorted) {
            map.put(resource.name(), resource);
        }
        return map;
    }

    public int size() {
        return sorted.length;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return this == other || (other instanceof ResourceSet that && Arrays.equals(sorted, that.sorted));
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(sorted);
    }

    @Override
    public String toString() {
        return Arrays.toString(sorted);
    }
}
