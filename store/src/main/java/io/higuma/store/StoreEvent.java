package io.higuma.store;

import io.higuma.model.Resource;
import io.higuma.model.ResourceKey;
import java.util.List;

/// What a watcher hears, in order of revisions.
public sealed interface StoreEvent {

    /// The revision the watcher is at once it has taken the event.
    long revision();

    /// A resource was written.
    record Upsert(Resource resource) implements StoreEvent {
        @Override
        public long revision() {
            return resource.meta().revision();
        }
    }

    /// A resource was removed.
    record Delete(long revision, ResourceKey key) implements StoreEvent {}

    /// Everything there is, instead of the events that led to it: at the start of a watch from 0, and where the
    /// events in between are gone (compaction, a queue that ran full). What is not listed does not exist.
    record Resync(long revision, List<Resource> resources) implements StoreEvent {
        public Resync {
            resources = List.copyOf(resources);
        }
    }
}
