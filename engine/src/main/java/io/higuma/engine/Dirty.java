package io.higuma.engine;

import io.higuma.engine.ConnectedProxy.Work;
import io.higuma.model.ResourceKey;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/// What one batch of events may have changed. Owner: the loop.
final class Dirty {

    /// Dataplanes whose proxies may have to hold something else, connected or not.
    final Map<ResourceKey, Work> proxies = new TreeMap<>();
    /// Connected proxies of which that is known; what is due is on themselves, since a wave concerns a thousand of
    /// them.
    final List<ConnectedProxy> connected = new ArrayList<>();
    /// Services whose endpoints may differ.
    final Set<ResourceKey> endpoints = new TreeSet<>();
    /// Services whose status or phase may differ.
    final Set<ResourceKey> services = new TreeSet<>();
    /// Routes whose backends may lead elsewhere.
    final Set<ResourceKey> routes = new TreeSet<>();
    /// Workload labels, as keys of type Workload.
    final Set<ResourceKey> workloads = new TreeSet<>();
    /// Meshes whose authorities or trust may differ.
    final Set<String> identities = new TreeSet<>();
    /// MeshIdentities that were written or removed, or whose authority is read from a Secret that was.
    final Set<ResourceKey> issuers = new TreeSet<>();
    /// Dataplanes whose own identity may differ.
    final Set<ResourceKey> identified = new TreeSet<>();

    void proxy(ResourceKey key, Work work) {
        proxies.merge(key, work, Work::and);
    }

    void proxy(ConnectedProxy proxy, Work work) {
        if (proxy.isFirstDue(work)) {
            connected.add(proxy);
        }
    }
}
