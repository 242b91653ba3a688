package io.higuma.engine;

import io.higuma.model.Resource;
import io.higuma.model.ResourceKey;
import io.higuma.model.snapshot.MeshImage;
import io.higuma.model.snapshot.ServiceRef;
import io.higuma.model.snapshot.Term;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// Which connected proxies are told of which services: a lookup, whatever the proxies' reach. Owner: the loop.
final class Callers {

    /// Where proxies are filed; without a term those that are told of every service.
    private record Slot(String mesh, String kind, Optional<Term> term) {}

    private final Map<Slot, Set<ResourceKey>> slots = new HashMap<>();
    private final Map<ResourceKey, Reach> reaches = new HashMap<>();

    void file(ResourceKey proxy, Reach reach) {
        if (reach.equals(reaches.get(proxy))) {
            return;
        }
        drop(proxy);
        reaches.put(proxy, reach);
        slots(proxy, reach)
                .forEach(slot ->
                        slots.computeIfAbsent(slot, s -> new TreeSet<>()).add(proxy));
    }

    void drop(ResourceKey proxy) {
        Reach old = reaches.remove(proxy);
        if (old != null) {
            for (Slot slot : slots(proxy, old)) {
                slots.computeIfPresent(slot, (s, proxies) -> {
                    proxies.remove(proxy);
                    return proxies.isEmpty() ? null : proxies;
                });
            }
        }
    }

    /// How much is kept of proxies.
    int size() {
        return slots.size() + reaches.size();
    }

    /// What a connected proxy is told of; null if it is not connected.
    @Nullable
    Reach reach(ResourceKey proxy) {
        return reaches.get(proxy);
    }

    /// The connected proxies that are told of a service, in order of their keys.
    Set<ResourceKey> of(Resource service) {
        String kind = service.key().type();
        Set<ResourceKey> found =
                new TreeSet<>(slots.getOrDefault(new Slot(service.mesh(), "", Optional.empty()), Set.of()));
        for (Term term : Term.of(service)) {
            for (ResourceKey proxy : slots.getOrDefault(new Slot(service.mesh(), kind, Optional.of(term)), Set.of())) {
                Reach reach = reaches.get(proxy);
                if (reach != null && reach.refs().orElse(List.of()).stream().anyMatch(ref -> ref.leadsTo(service))) {
                    found.add(proxy);
                }
            }
        }
        return found;
    }

    /// The connected proxies that are told of a service, or of one that is made of it.
    Set<ResourceKey> of(Resource service, MeshImage mesh) {
        Set<ResourceKey> found = of(service);
        mesh.groups(service).forEach(group -> found.addAll(of(group)));
        return found;
    }

    private static List<Slot> slots(ResourceKey proxy, Reach reach) {
        Optional<List<ServiceRef>> refs = reach.refs();
        return refs.map(all -> all.stream()
                        .map(ref -> new Slot(proxy.mesh(), ref.kind(), Optional.of(ref.leading())))
                        .distinct()
                        .toList())
                .orElseGet(() -> List.of(new Slot(proxy.mesh(), "", Optional.empty())));
    }
}
