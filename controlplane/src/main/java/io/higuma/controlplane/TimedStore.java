package io.higuma.controlplane;

import io.higuma.engine.measure.Spread;
import io.higuma.model.Resource;
import io.higuma.model.ResourceKey;
import io.higuma.store.Change;
import io.higuma.store.Commit;
import io.higuma.store.Deletion;
import io.higuma.store.ResourceStore;
import io.higuma.store.Revision;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// A store whose writes are timed, from the call to the durable answer.
record TimedStore(ResourceStore store, Spread writes) implements ResourceStore {

    @Override
    public long revision() {
        return store.revision();
    }

    @Override
    public Optional<Resource> get(ResourceKey key) {
        return store.get(key);
    }

    @Override
    public List<Resource> list(String type) {
        return store.list(type);
    }

    @Override
    public Commit commit(List<Change> changes, String author) {
        long begin = System.nanoTime();
        Commit commit = store.commit(changes, author);
        writes.record(System.nanoTime() - begin);
        return commit;
    }

    @Override
    public Watch watch(long revision, Listener listener) {
        return store.watch(revision, listener);
    }

    @Override
    public List<Revision> history(ResourceKey key, int limit) {
        return store.history(key, limit);
    }

    @Override
    public List<Deletion> deletions(String type, Instant since, int limit) {
        return store.deletions(type, since, limit);
    }

    @Override
    public void compact(long keepAfter, Set<String> types, Instant since) {
        store.compact(keepAfter, types, since);
    }

    @Override
    public Optional<String> trouble() {
        return store.trouble();
    }

    @Override
    public void close() {
        store.close();
    }
}
