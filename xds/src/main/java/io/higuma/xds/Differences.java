package io.higuma.xds;

import io.higuma.model.wire.ResourceSet;
import io.higuma.model.wire.TypeUrl;
import io.higuma.model.wire.WireResource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/// The names in which two sets differ. Streams that go from one shared set to another shared set
/// come one after the other, so the last answer per type is kept: a wave to a thousand streams
/// compares once.
public final class Differences {

    private record Known(ResourceSet from, ResourceSet to, List<String> names) {}

    private final Map<TypeUrl, Known> last = new ConcurrentHashMap<>();

    /// Names that are only in one of the sets or have another version, sorted.
    List<String> between(TypeUrl type, ResourceSet from, ResourceSet to) {
        if (from == to) {
            return List.of();
        }
        Known known = last.get(type);
        if (known != null && known.from() == from && known.to() == to) {
            return known.names();
        }
        List<String> names = compare(from, to);
        last.put(type, new Known(from, to, names));
        return names;
    }

    private static List<String> compare(ResourceSet from, ResourceSet to) {
        List<String> names = new ArrayList<>();
        List<WireResource> before = from.resources();
        List<WireResource> after = to.resources();
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
            WireResource one = java.util.Objects.requireNonNull(order < 0 ? old : now);
            if (order != 0 || !one.equals(old)) {
                names.add(one.name());
            }
        }
        return List.copyOf(names);
    }
}
