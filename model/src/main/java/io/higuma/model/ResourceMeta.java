package io.higuma.model;

import java.time.Instant;

/// What the control plane keeps about a resource beside its spec.
///
/// @param labels given ones and computed ones
/// @param created when the resource was first written
/// @param modified when it was last written
/// @param revision the revision of the store that holds this version; 0 before it is stored
public record ResourceMeta(Labels labels, Instant created, Instant modified, long revision) {

    /// Meta of a resource that no store has seen.
    public static ResourceMeta unstored(Labels labels) {
        return new ResourceMeta(labels, Instant.EPOCH, Instant.EPOCH, 0);
    }

    public ResourceMeta withLabels(Labels replacement) {
        return new ResourceMeta(replacement, created, modified, revision);
    }
}
