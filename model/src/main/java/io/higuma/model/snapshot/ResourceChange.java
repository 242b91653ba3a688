package io.higuma.model.snapshot;

import io.higuma.model.Resource;
import io.higuma.model.ResourceKey;
import java.util.Optional;

/// What a delta did to one resource. There is none for a resource that was written again with the same content.
///
/// @param before empty if the resource is new
/// @param after empty if it is gone
public record ResourceChange(ResourceKey key, Optional<Resource> before, Optional<Resource> after) {

    /// Whether labels or spec differ; a new or removed resource counts.
    public boolean wanted() {
        return before.isEmpty()
                || after.isEmpty()
                || !before.get().labels().equals(after.get().labels())
                || !before.get().spec().equals(after.get().spec());
    }
}
