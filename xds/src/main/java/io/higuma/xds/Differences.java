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

/// How one set becomes another. Streams that go from one shared set to another shared set come one
/// after the other, so the last answer per type is kept: a wave to a thousand streams compares once.
/// Where sets stand on shared ones, that is so for what they stand on.
public final class Differences {

    /// The way from one set to another.
    ///
    /// @param names that may be only in one of the sets or have another version, each once
    /// @param resources what the second set has of them; if `whole`, all there is to say to who holds the first
    /// @param whole whether every name is in the second set, and not as it is in the first
    /// @param changes whether, besides, every name is in the first set too
    /// @param bytes how much the resources add to a response, near enough
    record Step(List<String> names, List<WireResource> resources, boolean whole, boolean changes, int bytes) {

        static final Step NONE = new Step(List.of(), List.of(), false, false, 0);

        /// @param names each of which differs
        static Step of(List<String> names, ResourceSet from, ResourceSet to) {
            List<WireResource> resources = new ArrayList<>(names.size());
            int bytes = 0;
            boolean changes = true;
            for (String name : names) {
                changes &= from.get(name) != null;
                WireResource resource = to.get(name);
                if (resource != null) {
                    resources.add(resource);
                    bytes += ResponseCodec.sizeOf(resource);
                }
            }
            boolean whole = !names.isEmpty() && resources.size() == names.size();
            return new Step(names, List.copyOf(resources), whole, whole && changes, bytes);
        }
    }

    private record Known(ResourceSet from, ResourceSet to, Step step) {}

    private final Map<TypeUrl, Known> last = new ConcurrentHashMap<>();

    Step between(TypeUrl type, ResourceSet from, ResourceSet to) {
        if (from == to) {
            return Step.NONE;
        }
        Optional<ResourceSet> before = from.base();
        Optional<ResourceSet> after = to.base();
        if (before.isEmpty() || after.isEmpty()) {
            return known(type, from, to);
        }
        Step shared = before.get() == after.get() ? Step.NONE : known(type, before.get(), after.get());
        List<String> own = compare(from.own(), to.own());
        if (own.isEmpty()) {
            return shared;
        }
        if (shared.names().isEmpty()) {
            return Step.of(own, from, to);
        }
        // A resource that moves from the one part to the other is named by both, and may be the same.
        Set<String> both = new LinkedHashSet<>(shared.names());
        both.addAll(own);
        return new Step(List.copyOf(both), List.of(), false, false, 0);
    }

    private Step known(TypeUrl type, ResourceSet from, ResourceSet to) {
        Known known = last.get(type);
        if (known != null && known.from() == from && known.to() == to) {
            return known.step();
        }
        Step step = Step.of(compare(from.resources(), to.resources()), from, to);
        last.put(type, new Known(from, to, step));
        return step;
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
