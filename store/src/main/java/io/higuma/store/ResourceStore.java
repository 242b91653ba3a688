package io.higuma.store;

import io.higuma.model.Resource;
import io.higuma.model.ResourceKey;
import java.util.List;
import java.util.Optional;

/// Where resources live: an append-only log of revisions, of which "now" is a view.
///
/// Every implementation passes the conformance kit in this module's tests. All methods may be called from any thread
/// and may block on I/O.
public interface ResourceStore extends AutoCloseable {

    /// The newest revision; 0 for an empty store.
    long revision();

    Optional<Resource> get(ResourceKey key);

    /// All resources of a type, in order of mesh, then name.
    List<Resource> list(String type);

    /// Takes all changes or none. When it returns they are durable, and [#get], [#list] and every watcher see them
    /// in this order. A put that changes nothing (equal labels, spec and status) still bumps `modified` and makes a
    /// revision, because a person did write it.
    ///
    /// @param author who writes: a user's name, or `higuma:<part>` for the control plane itself
    /// @throws ConflictException if an expectation does not hold
    /// @throws StoreUnavailableException if it cannot be made durable; nothing was written
    Commit commit(List<Change> changes, String author);

    /// Tells `listener` everything that happens after `revision`, in order, one event at a time, until closed.
    /// From 0, and wherever the events are no longer there, it begins with a [StoreEvent.Resync]. The listener is
    /// called by one thread of the store's and must not block for long; a listener that throws is told a
    /// Resync next.
    Watch watch(long revision, Listener listener);

    /// The revisions of a resource, newest first.
    List<Revision> history(ResourceKey key, int limit);

    /// Forgets revisions older than `keepAfter`, except the newest of every living resource.
    void compact(long keepAfter);

    /// Whether the store can take writes now; empty if it can, else a sentence for the operator.
    Optional<String> trouble();

    @Override
    void close();

    @FunctionalInterface
    interface Listener {
        void on(StoreEvent event);
    }

    /// A running watch.
    interface Watch extends AutoCloseable {
        @Override
        void close();
    }
}
