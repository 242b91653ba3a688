package io.higuma.store;

import io.higuma.model.Resource;
import io.higuma.model.ResourceKey;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;

/// A store that forgets everything when it ends: for tests and for trying things out.
public final class InMemoryResourceStore implements ResourceStore {

    private final InstantSource clock;
    private final Watchers watchers = new Watchers(this::everything);
    // guarded by this
    private final TreeMap<ResourceKey, Resource> current = new TreeMap<>();
    private final List<Revision> revisions = new ArrayList<>();
    private long last;
    private long compacted;

    public InMemoryResourceStore(InstantSource clock) {
        this.clock = clock;
    }

    @Override
    public synchronized long revision() {
        return last;
    }

    @Override
    public synchronized Optional<Resource> get(ResourceKey key) {
        return Optional.ofNullable(current.get(key));
    }

    @Override
    public synchronized List<Resource> list(String type) {
        return List.copyOf(current.subMap(new ResourceKey(type, "", ""), new ResourceKey(type + "\0", "", ""))
                .values());
    }

    @Override
    public synchronized Commit commit(List<Change> changes, String author) {
        List<Revision> made =
                Log.decide(changes, author, clock.instant(), last, key -> Optional.ofNullable(current.get(key)));
        for (Revision revision : made) {
            revision.resource()
                    .ifPresentOrElse(r -> current.put(revision.key(), r), () -> current.remove(revision.key()));
            last = revision.number();
        }
        revisions.addAll(made);
        watchers.publish(Log.events(made));
        return Log.answer(made, last);
    }

    @Override
    public synchronized Watch watch(long revision, Listener listener) {
        List<StoreEvent> missed;
        if (revision <= 0 || revision < compacted) {
            missed = List.of(everything());
        } else {
            missed = Log.events(
                    revisions.stream().filter(r -> r.number() > revision).toList());
        }
        return watchers.add(missed, listener);
    }

    private synchronized StoreEvent.Resync everything() {
        return new StoreEvent.Resync(last, List.copyOf(current.values()));
    }

    @Override
    public synchronized List<Revision> history(ResourceKey key, int limit) {
        return revisions.reversed().stream()
                .filter(r -> r.key().equals(key))
                .limit(limit)
                .toList();
    }

    @Override
    public synchronized List<Deletion> deletions(String type, Instant since, int limit) {
        return removals(type, since)
                .flatMap(removal -> before(removal).stream().map(last -> new Deletion(last, removal.time())))
                .limit(limit)
                .toList();
    }

    /// The revisions that deleted something, newest first.
    private Stream<Revision> removals(String type, Instant since) {
        return revisions.reversed().stream()
                .filter(r -> r.resource().isEmpty() && r.key().type().equals(type))
                .filter(r -> !r.time().isBefore(since));
    }

    private Optional<Resource> before(Revision removal) {
        return revisions.reversed().stream()
                .filter(r -> r.number() < removal.number() && r.key().equals(removal.key()))
                .findFirst()
                .flatMap(Revision::resource);
    }

    @Override
    public synchronized void compact(long keepAfter, Set<String> types, Instant since) {
        Set<Long> kept = new HashSet<>();
        current.values().forEach(r -> kept.add(r.meta().revision()));
        types.stream().flatMap(type -> removals(type, since)).forEach(removal -> {
            kept.add(removal.number());
            before(removal).ifPresent(last -> kept.add(last.meta().revision()));
        });
        revisions.removeIf(r -> r.number() <= keepAfter && !kept.contains(r.number()));
        compacted = Math.max(compacted, Math.min(keepAfter, last));
    }

    @Override
    public Optional<String> trouble() {
        return Optional.empty();
    }

    @Override
    public void close() {
        watchers.close();
    }
}
