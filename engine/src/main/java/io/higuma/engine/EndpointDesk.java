package io.higuma.engine;

import io.higuma.engine.ConnectedProxy.Work;
import io.higuma.envoy.EndpointGroup;
import io.higuma.model.Resource;
import io.higuma.model.ResourceKey;
import io.higuma.model.collect.PersistentMap;
import io.higuma.model.wire.WireResource;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.stream.Stream;

/// The short way of a change: one ClusterLoadAssignment is made anew, and those who call its service hear of
/// it. No proxy is compiled. Owner: the loop.
final class EndpointDesk {

    private final MeshCore core;
    private final Map<SortedSet<String>, Audience> audiences = new HashMap<>();
    private final Map<String, Set<Audience>> subscribers = new HashMap<>();

    /// The proxies that hold the endpoints of the same clusters: where everybody calls everybody, all of them.
    static final class Audience {
        private final SortedSet<String> clusters;
        private final Set<ConnectedProxy> members = new LinkedHashSet<>();

        private Audience(SortedSet<String> clusters) {
            this.clusters = clusters;
        }
    }

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
                for (Audience audience : subscribers.getOrDefault(made.name(), Set.of())) {
                    for (ConnectedProxy member : audience.members) {
                        core.dirty().proxy(member, Work.DELIVER);
                    }
                }
            }
        }
    }

    /// Files a proxy under the clusters of its new plan. What changed between the state the plan was made
    /// from and now is delivered.
    void subscribe(ConnectedProxy proxy, SortedSet<String> clusters, EngineState from) {
        if (proxy.gone) {
            return;
        }
        PersistentMap<String, WireResource> now = core.state().endpoints();
        Audience before = proxy.audience;
        if (before == null || before.clusters != clusters) {
            unsubscribe(proxy);
            Audience audience = audiences.computeIfAbsent(clusters, this::assemble);
            audience.members.add(proxy);
            proxy.audience = audience;
        }
        if (now != from.endpoints()
                && clusters.stream()
                        .anyMatch(
                                cluster -> now.get(cluster) != from.endpoints().get(cluster))) {
            core.dirty().proxy(proxy, Work.DELIVER);
        }
    }

    private Audience assemble(SortedSet<String> clusters) {
        Audience audience = new Audience(clusters);
        for (String cluster : clusters) {
            subscribers.computeIfAbsent(cluster, c -> new HashSet<>()).add(audience);
        }
        return audience;
    }

    /// Who holds the endpoints of a cluster.
    Stream<ConnectedProxy> subscribers(String cluster) {
        return subscribers.getOrDefault(cluster, Set.of()).stream().flatMap(audience -> audience.members.stream());
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
        Audience audience = proxy.audience;
        if (audience == null) {
            return;
        }
        proxy.audience = null;
        audience.members.remove(proxy);
        if (audience.members.isEmpty()) {
            audiences.remove(audience.clusters);
            for (String cluster : audience.clusters) {
                subscribers.computeIfPresent(cluster, (c, all) -> {
                    all.remove(audience);
                    return all.isEmpty() ? null : all;
                });
            }
        }
    }
}
