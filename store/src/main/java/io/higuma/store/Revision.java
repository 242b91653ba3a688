package io.higuma.store;

import io.higuma.model.Resource;
import io.higuma.model.ResourceKey;
import java.time.Instant;
import java.util.Optional;

/// One entry of the log.
///
/// @param number strictly increasing over the whole store, never used twice
/// @param resource what was written; empty for a removal
/// @param author who wrote: a user's name, or `higuma:<part>` for the control plane itself
public record Revision(long number, ResourceKey key, Optional<Resource> resource, String author, Instant time) {}
