package io.higuma.envoy;

import java.lang.ref.WeakReference;
import java.util.Map;
import java.util.WeakHashMap;

/// One object for all equal values, as long as anybody holds it. Safe for all threads.
final class Canon<T> {

    private final Map<T, WeakReference<T>> values = new WeakHashMap<>();

    /// The first of the equal values that is still held.
    synchronized T of(T value) {
        WeakReference<T> known = values.get(value);
        T held = known == null ? null : known.get();
        if (held == null) {
            values.put(value, new WeakReference<>(value));
            return value;
        }
        return held;
    }
}
