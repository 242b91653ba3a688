package io.higuma.store;

import io.higuma.model.Resource;
import java.util.List;

/// The answer to a write: it is durable.
///
/// @param revision the revision of the store after the commit; what a receipt is asked for with
/// @param written the resources as they are stored now, in the order of the changes, removals left out
public record Commit(long revision, List<Resource> written) {
    public Commit {
        written = List.copyOf(written);
    }
}
