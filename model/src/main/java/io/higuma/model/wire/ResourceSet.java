package io.higuma.model.wire;

import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// All resources of one type that a proxy shall hold, in order of their names. Immutable; proxies that
/// want the same share one object, so sets are compared by reference first. A sorted array: four bytes
/// a resource, and a lookup is a binary search.
///
/// A set may stand on another one: what a thousand proxies have in common is there once, and each adds the few that
/// are its own. Two sets with the same resources are equal, whatever they stand on.
public final class ResourceSet {

    public static final ResourceSet EMPTY = new ResourceSet(null, new WireResource[0]);

    /// Stands on nothing itself.
    private final @Nullable ResourceSet base;
    private final WireResource[] own;
    private final int hash;

    private ResourceSet(@Nullable ResourceSet base, WireResource[] own) {
        this.base = base;
        this.own = own;
        int sum = base == null ? 0 : base.hash;
        for (WireResource resource : own) {
            sum += resource.hashCode();
        }
        this.hash = sum;
    }

    /// @throws IllegalArgumentException if two resources have one name
    public static ResourceSet of(Collection<WireResource> resources) {
        return resources.isEmpty() ? EMPTY : new ResourceSet(null, sorted(resources));
    }

    /// All of `base`, and some more.
    ///
    /// @throws IllegalArgumentException if two resources have one name
    public static ResourceSet on(ResourceSet base, Collection<WireResource> more) {
        if (more.isEmpty()) {
            return base;
        }
        if (base.size() == 0) {
            return of(more);
        }
        if (base.base != null) {
            throw new IllegalArgumentException("the base stands on another set itself");
        }
        for (WireResource resource : more) {
            if (base.get(resource.name()) != null) {
                throw twice(resource.name());
            }
        }
        return new ResourceSet(base, sorted(more));
    }

    private static WireResource[] sorted(Collection<WireResource> resources) {
        WireResource[] sorted = resources.toArray(new WireResource[0]);
        Arrays.sort(sorted, Comparator.comparing(WireResource::name));
        for (int i = 1; i < sorted.length; i++) {
            if (sorted[i].name().equals(sorted[i - 1].name())) {
                throw twice(sorted[i].name());
            }
        }
        return sorted;
    }

    private static IllegalArgumentException twice(String name) {
        return new IllegalArgumentException("two resources are called " + name);
    }

    public @Nullable WireResource get(String name) {
        WireResource found = find(name);
        return found == null && base != null ? base.find(name) : found;
    }

    private @Nullable WireResource find(String name) {
        int low = 0;
        int high = own.length - 1;
        while (low <= high) {
            int middle = (low + high) >>> 1;
            int order = own[middle].name().compareTo(name);
            if (order == 0) {
                return own[middle];
            }
            if (order < 0) {
                low = middle + 1;
            } else {
                high = middle - 1;
            }
        }
        return null;
    }

    /// The set it stands on; empty if it stands on none.
    public Optional<ResourceSet> base() {
        return Optional.ofNullable(base);
    }

    /// What is not of the base, in order of names.
    public List<WireResource> own() {
        return Collections.unmodifiableList(Arrays.asList(own));
    }

    /// The resources in order of their names; put together at each call if the set stands on another one.
    public List<WireResource> resources() {
        return Collections.unmodifiableList(Arrays.asList(all()));
    }

    private WireResource[] all() {
        if (base == null) {
            return own;
        }
        WireResource[] theirs = base.own;
        WireResource[] all = new WireResource[theirs.length + own.length];
        for (int i = 0, mine = 0; i < all.length; i++) {
            int of = i - mine;
            boolean isMine = mine < own.length
                    && (of == theirs.length || own[mine].name().compareTo(theirs[of].name()) < 0);
            all[i] = isMine ? own[mine++] : theirs[of];
        }
        return all;
    }

    /// The resources by their names, in order. A copy: for places where nobody waits.
    public SortedMap<String, WireResource> byName() {
        SortedMap<String, WireResource> map = new TreeMap<>();
        for (WireResource resource : all()) {
            map.put(resource.name(), resource);
        }
        return map;
    }

    public int size() {
        return own.length + (base == null ? 0 : base.own.length);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return this == other
                || (other instanceof ResourceSet that
                        && hash == that.hash
                        && size() == that.size()
                        && (base == that.base ? Arrays.equals(own, that.own) : Arrays.equals(all(), that.all())));
    }

    @Override
    public int hashCode() {
        return hash;
    }

    @Override
    public String toString() {
        return Arrays.toString(all());
    }
}
