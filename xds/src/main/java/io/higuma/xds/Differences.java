package io.higuma.xds;

import io.higuma.model.wire.ResourceSet;
import io.higuma.model.wire.TypeUrl;
import io.higuma.model.wire.WireResource;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// The names in which two sets differ. Streams that go from one shared set to another shared set
/// come one after the other, so the last answer per type is kept: a wave to a thousand streams
/// compares once. Where sets stand on shared ones, that is so for what they stand on.
public final class Differences {

    private record Known(ResourceSet from, ResourceSet to, List<String> names) {}

    private final Map<TypeUrl, Known> last = new ConcurrentHashMap<>();

    /// Names that may be only in one of the sets or have another version, each once.
    List<String> between(TypeUrl type, ResourceSet from, ResourceSet to) {
        if (from == to) {
            return List.of();
        }
        Optional<ResourceSet> before = from.base();
        Optional<ResourceSet> after = to.base();
        if (before.isEmpty() || after.isEmpty()) {
            return known(type, from, to);
        }
        List<String> shared = before.get() == after.get() ? List.of() : known(type, before.get(), after.get());
        List<String> own = compare(from.own(), to.own());
        if (own.isEmpty() || shared.isEmpty()) {
            return own.isEmpty() ? shared : own;
        }
        // A resource that moves from the one part to the other is named by both.
        Set<String> both = new LinkedHashSet<>(shared);
        both.addAll(own);
        return List.copyOf(both);
    }

    private List<String> known(TypeUrl type, ResourceSet from, ResourceSet to) {
        Known known = last.get(type);
        if (known != null && known.from() == from && known.to() == to) {
            return known.names();
        }
        List<String> names = compare(from.resources(), to.resources());
        last.put(type, new Known(from, to, names));
        return names;
    }

    private static List<String> compare(List<WireResource> before, List<WireResource> after) {
        List<String> names = new ArrayList<>();
        int i = 0;
        int j = 0;
        while (i < before.size() || j < after.size()) {
            WireResource old = i < before.size() ? before.get(i) : null;
            WireResource now = j < after.size() ? after.get(j) : null;
            int order = old == null ? 1 : now == null ? -1 : old.name().compareTo(now.name());
            if (order <= 0) {
                i++;
            }
            if (order >= 0) {
                j++;
            }
            WireResource one = Objects.requireNonNull(order < 0 ? old : now);
            if (order != 0 || !one.equals(old)) {
                names.add(one.name());
            }
        }
        return List.copyOf(names);
    }
}
