package io.higuma.engine;

import io.higuma.model.ResourceKey;
import io.higuma.model.collect.PersistentMap;
import io.higuma.model.snapshot.MeshSnapshot;
import io.higuma.model.wire.WireResource;
import io.higuma.policy.InboundView.Acceptance;
import io.higuma.policy.ProxyIdentity;

/// Everything a proxy's configuration is made from, as one immutable value that the loop publishes.
/// Configuration is a pure function of it.
///
/// @param generation grows with every state that is published; proxies acknowledge it
/// @param announced by dataplane; one that is not listed is announced in full
/// @param grants the identities that proxies have, by dataplane
/// @param bundles the SDS secrets with the trust bundles, by mesh
/// @param outside the SDS secrets for services outside of the mesh, by name of the secret
/// @param endpoints the ClusterLoadAssignments, by cluster name
record EngineState(
        long generation,
        MeshSnapshot snapshot,
        PersistentMap<ResourceKey, Announcement> announced,
        PersistentMap<ResourceKey, Grant> grants,
        PersistentMap<String, WireResource> bundles,
        PersistentMap<String, WireResource> outside,
        PersistentMap<String, WireResource> endpoints) {

    static final EngineState EMPTY = new EngineState(
            0,
            MeshSnapshot.EMPTY,
            PersistentMap.empty(),
            PersistentMap.empty(),
            PersistentMap.empty(),
            PersistentMap.empty(),
            PersistentMap.empty());

    /// @param certificate the SDS secret, encoded
    record Grant(ProxyIdentity identity, Acceptance acceptance, WireResource certificate) {}

    Announcement announcement(ResourceKey dataplane) {
        return announced.getOrDefault(dataplane, Announcement.EVERYTHING);
    }

    EngineState withGeneration(long next) {
        return new EngineState(next, snapshot, announced, grants, bundles, outside, endpoints);
    }

    EngineState withSnapshot(MeshSnapshot next) {
        return new EngineState(generation, next, announced, grants, bundles, outside, endpoints);
    }

    EngineState withAnnounced(PersistentMap<ResourceKey, Announcement> next) {
        return new EngineState(generation, snapshot, next, grants, bundles, outside, endpoints);
    }

    EngineState withGrants(PersistentMap<ResourceKey, Grant> next) {
        return new EngineState(generation, snapshot, announced, next, bundles, outside, endpoints);
    }

    EngineState withBundles(PersistentMap<String, WireResource> next) {
        return new EngineState(generation, snapshot, announced, grants, next, outside, endpoints);
    }

    EngineState withOutside(PersistentMap<String, WireResource> next) {
        return new EngineState(generation, snapshot, announced, grants, bundles, next, endpoints);
    }

    EngineState withEndpoints(PersistentMap<String, WireResource> next) {
        return new EngineState(generation, snapshot, announced, grants, bundles, outside, next);
    }
}
