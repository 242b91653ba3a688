package io.higuma.model.collect;

import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.pcollections.HashPMap;
import org.pcollections.HashTreePMap;

/// An immutable map whose changed copies share everything that did not change. One update costs O(log n).
/// Iteration order is not defined: sort before output.
///
/// The library underneath is an implementation detail of this class.
public final class PersistentMap<K, V> {

    private static final PersistentMap<?, ?> EMPTY = new PersistentMap<>(HashTreePMap.empty());

    private final HashPMap<K, V> entries;

    private PersistentMap(HashPMap<K, V> entries) {
        this.entries = entries;
    }

    @SuppressWarnings("unchecked") // an empty map holds nothing of any type
    public static <K, V> PersistentMap<K, V> empty() {
        return (PersistentMap<K, V>) EMPTY;
    }

    public static <K, V> PersistentMap<K, V> of(Map<K, V> source) {
        return source.isEmpty() ? empty() : new PersistentMap<>(HashTreePMap.from(source));
    }

    public @Nullable V get(K key) {
        return entries.get(key);
    }

    public V getOrDefault(K key, V fallback) {
        V value = entries.get(key);
        return value == null ? fallback : value;
    }

    public boolean containsKey(K key) {
        return entries.containsKey(key);
    }

    /// This map with the entry; the same reference if it already holds exactly this value object.
    public PersistentMap<K, V> with(K key, V value) {
        return entries.get(key) == value ? this : new PersistentMap<>(entries.plus(key, value));
    }

    /// This map without the entry; the same reference if there is none.
    public PersistentMap<K, V> without(K key) {
        if (!entries.containsKey(key)) {
            return this;
        }
        HashPMap<K, V> rest = entries.minus(key);
        return rest.isEmpty() ? empty() : new PersistentMap<>(rest);
    }

    public int size() {
        return entries.size();
    }

    public boolean isEmpty() {
        return entries.isEmpty();
    }

    /// A read-only view.
    public Map<K, V> asMap() {
        return entries;
    }

    public Set<K> keys() {
        return entries.keySet();
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof PersistentMap<?, ?> that && entries.equals(that.entries);
    }

    @Override
    public int hashCode() {
        return entries.hashCode();
    }

    @Override
    public String toString() {
        return entries.toString();
    }
}
