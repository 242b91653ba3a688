package io.higuma.engine;

import io.higuma.model.ResourceKey;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// One published state and the proxies that see a difference. Owner: the loop.
final class Wave {

    final long generation;
    final long revision;
    final Instant applied;
    private final Set<ResourceKey> missing;
    private final SortedMap<ResourceKey, String> refused = new TreeMap<>();
    private int concerned;
    private int running;
    private @Nullable Instant first;
    private @Nullable Instant last;

    /// @param revision the newest revision in the state
    Wave(long generation, long revision, Set<ResourceKey> concerned, Instant applied) {
        this.generation = generation;
        this.revision = revision;
        this.missing = new TreeSet<>(concerned);
        this.concerned = concerned.size();
        this.applied = applied;
    }

    void running(ResourceKey proxy, Instant now) {
        if (missing.remove(proxy) || refused.remove(proxy) != null) {
            running++;
            first = first == null ? now : first;
            last = now;
        }
    }

    void refused(ResourceKey proxy, String words) {
        if (missing.remove(proxy) || refused.containsKey(proxy)) {
            refused.put(proxy, words);
        }
    }

    /// The proxy is away; it gets the newest configuration when it comes back.
    void gone(ResourceKey proxy) {
        if (missing.remove(proxy) || refused.remove(proxy) != null) {
            concerned--;
        }
    }

    boolean complete() {
        return missing.isEmpty() && refused.isEmpty();
    }

    /// Whether nine of ten proxies have answered.
    boolean reached() {
        return 10L * missing.size() <= concerned;
    }

    Receipt receipt(long asked) {
        return new Receipt(
                asked,
                concerned,
                running,
                missing.stream().map(Wave::name).toList(),
                refused.entrySet().stream()
                        .map(entry -> new Receipt.Refused(name(entry.getKey()), entry.getValue()))
                        .toList(),
                applied,
                Optional.ofNullable(first),
                Optional.ofNullable(last));
    }

    private static String name(ResourceKey key) {
        return key.mesh() + "/" + key.name();
    }
}
