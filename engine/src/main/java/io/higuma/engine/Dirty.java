package io.higuma.engine;

import io.higuma.engine.ConnectedProxy.Work;
import io.higuma.model.ResourceKey;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/// What one batch of events may have changed. Owner: the loop.
final class Dirty {

    /// Proxies that may have to hold something else.
    final Map<ResourceKey, Work> proxies = new TreeMap<>();
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
    /// Dataplanes whose own identity may differ.
    final Set<ResourceKey> identified = new TreeSet<>();

    void proxy(ResourceKey key, Work work) {
        proxies.merge(key, work, Work::and);
    }
}
