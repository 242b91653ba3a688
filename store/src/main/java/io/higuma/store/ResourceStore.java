package io.higuma.store;

import io.higuma.model.Resource;
import io.higuma.model.ResourceKey;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;

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

    /// The deletions of a type from an instant on, newest first, each with what was deleted. A resource that was
    /// created again since is among them, and one that was deleted twice is there twice; what [#compact] forgot is
    /// not. Costs as much as there are deletions from then on, however long the log is.
    ///
    /// @param since by the clock of the store; not before it
    /// @param limit how many at most
    List<Deletion> deletions(String type, Instant since, int limit);

    /// Forgets the revisions up to `keepAfter`, except the newest of every living resource, and except what
    /// [#deletions] says of `types` from `since` on.
    ///
    /// @param types whose deletions are still asked for; none: all are forgotten
    void compact(long keepAfter, Set<String> types, Instant since);

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
