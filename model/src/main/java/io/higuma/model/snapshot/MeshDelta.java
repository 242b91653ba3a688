package io.higuma.model.snapshot;

import io.higuma.model.Resource;
import io.higuma.model.ResourceKey;
import io.higuma.model.collect.PersistentMap;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/// Collects what happened since a snapshot and makes the next one. Belongs to one thread; used once.
public final class MeshDelta {

    private static final String INSIGHT = "DataplaneInsight";

    private final MeshSnapshot base;
    private final PolicyTargets targets;
    private final Map<ResourceKey, Optional<Resource>> pending = new HashMap<>();
    private long revision;

    public MeshDelta(MeshSnapshot base, PolicyTargets targets) {
        this.base = base;
        this.targets = targets;
        this.revision = base.revision();
    }

    public MeshDelta upsert(Resource resource) {
        revision = Math.max(revision, resource.meta().revision());
        if (!resource.key().type().equals(INSIGHT)) {
            pending.put(resource.key(), Optional.of(resource));
        }
        return this;
    }

    public MeshDelta delete(long at, ResourceKey key) {
        revision = Math.max(revision, at);
        if (!key.type().equals(INSIGHT)) {
            pending.put(key, Optional.empty());
        }
        return this;
    }

    /// Everything there is; what is not listed does not exist.
    public MeshDelta resync(long at, Collection<Resource> resources) {
        revision = Math.max(revision, at);
        Set<ResourceKey> known = new HashSet<>(base.globals().keys());
        base.meshes().asMap().values().forEach(image -> image.everything().forEach(r -> known.add(r.key())));
        pending.clear();
        known.forEach(key -> pending.put(key, Optional.empty()));
        resources.forEach(this::upsert);
        return this;
    }

    /// What differs from the base, in order of keys.
    public List<ResourceChange> changes() {
        List<ResourceChange> changes = new ArrayList<>();
        new TreeMap<>(pending).forEach((key, after) -> {
            Optional<Resource> before = base.get(key);
            boolean same = (before.isPresent() && after.isPresent())
                    ? before.get().sameContent(after.get())
                    : before.isEmpty() && after.isEmpty();
            if (!same) {
                changes.add(new ResourceChange(key, before, after));
            }
        });
        return List.copyOf(changes);
    }

    /// The next snapshot; the base itself if nothing happened.
    public MeshSnapshot apply() {
        if (pending.isEmpty() && revision == base.revision()) {
            return base;
        }
        PersistentMap<ResourceKey, Resource> globals = base.globals();
        Map<String, MeshImage> touched = new HashMap<>();
        for (Map.Entry<ResourceKey, Optional<Resource>> entry : pending.entrySet()) {
            ResourceKey key = entry.getKey();
            Optional<Resource> after = entry.getValue();
            if (after.equals(base.get(key))) {
                continue;
            }
            if (key.mesh().isEmpty()) {
                globals = after.isPresent() ? globals.with(key, after.get()) : globals.without(key);
            } else {
                MeshImage image = touched.computeIfAbsent(key.mesh(), base::mesh);
                touched.put(
                        key.mesh(),
                        after.map(resource -> image.with(resource, targets))
                                .orElseGet(() -> image.without(key.type(), key.name(), targets)));
            }
        }
        PersistentMap<String, MeshImage> meshes = base.meshes();
        for (Map.Entry<String, MeshImage> entry : touched.entrySet()) {
            meshes = entry.getValue().isEmpty()
                    ? meshes.without(entry.getKey())
                    : meshes.with(entry.getKey(), entry.getValue());
        }
        return new MeshSnapshot(revision, meshes, globals);
    }
}
