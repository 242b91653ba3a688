package io.higuma.engine;

import io.higuma.engine.ConnectedProxy.Work;
import io.higuma.envoy.EndpointGroup;
import io.higuma.model.Resource;
import io.higuma.model.ResourceKey;
import io.higuma.model.collect.PersistentMap;
import io.higuma.model.wire.WireResource;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;

/// The short way of a change: one ClusterLoadAssignment is made anew, and those who call its service hear of
/// it. No proxy is compiled. Owner: the loop.
final class EndpointDesk {

    private final MeshCore core;
    private final Map<String, Set<ResourceKey>> subscribers = new HashMap<>();

    EndpointDesk(MeshCore core) {
        this.core = core;
    }

    /// A service changed or went: the clusters it has no more go; [#rebuild] puts back those it still has.
    void drop(Resource service) {
        Set<String> kept = new HashSet<>();
        core.state().snapshot().get(service.key()).ifPresent(now -> kept.addAll(Backends.clusters(now)));
        for (String cluster : Backends.clusters(service)) {
            if (!kept.contains(cluster)) {
                core.state(core.state().withEndpoints(core.state().endpoints().without(cluster)));
            }
        }
    }

    /// Makes the assignments of a service, one per port, and marks who has to hear of those that differ.
    void rebuild(ResourceKey key) {
        Optional<Resource> service = core.state().snapshot().get(key);
        if (service.isEmpty()) {
            return;
        }
        for (EndpointGroup group :
                Views.endpoints(core.state(), service.get(), core.planner().zone())) {
            WireResource made = core.planner().compiler().endpoints(group);
            PersistentMap<String, WireResource> known = core.state().endpoints();
            if (!made.equals(known.get(made.name()))) {
                core.state(core.state().withEndpoints(known.with(made.name(), made)));
                subscribers
                        .getOrDefault(made.name(), Set.of())
                        .forEach(subscriber -> core.dirty().proxy(subscriber, Work.DELIVER));
            }
        }
    }

    /// Files a proxy under the clusters of its new plan. What changed between the state the plan was made
    /// from and now is delivered.
    void subscribe(ConnectedProxy proxy, SortedSet<String> clusters, EngineState from) {
        if (core.connected(proxy.key) != proxy) {
            return;
        }
        PersistentMap<String, WireResource> now = core.state().endpoints();
        if (clusters != proxy.clusters) {
            unsubscribe(proxy, clusters);
            clusters.forEach(cluster ->
                    subscribers.computeIfAbsent(cluster, c -> new HashSet<>()).add(proxy.key));
            proxy.clusters = clusters;
        }
        if (now != from.endpoints()
                && clusters.stream()
                        .anyMatch(
                                cluster -> now.get(cluster) != from.endpoints().get(cluster))) {
            core.dirty().proxy(proxy.key, Work.DELIVER);
        }
    }

    /// Who holds the endpoints of a cluster.
    Set<ResourceKey> subscribers(String cluster) {
        return subscribers.getOrDefault(cluster, Set.of());
    }

    /// Clusters that somebody holds.
    int size() {
        return subscribers.size();
    }

    /// How many clusters have subscribers.
    int subscribed() {
        return subscribers.size();
    }

    void unsubscribe(ConnectedProxy proxy) {
        unsubscribe(proxy, new TreeSet<>());
    }

    private void unsubscribe(ConnectedProxy proxy, SortedSet<String> kept) {
        for (String cluster : proxy.clusters) {
            if (!kept.contains(cluster)) {
                subscribers.computeIfPresent(cluster, (c, keys) -> {
                    keys.remove(proxy.key);
                    return keys.isEmpty() ? null : keys;
                });
            }
        }
    }
}
