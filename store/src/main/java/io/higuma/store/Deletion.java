package io.higuma.store;

import io.higuma.model.Resource;
import java.time.Instant;

/// What the log says of a resource that was deleted.
///
/// @param last the document that was deleted, with the revision it had
/// @param time when it was deleted, by the clock of the store
public record Deletion(Resource last, Instant time) {}
