package io.higuma.store;

import io.higuma.model.Resource;
import io.higuma.model.ResourceKey;
import io.higuma.model.ResourceMeta;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/// Decides what a commit becomes, for every implementation alike: pure, given what is stored now.
public final class Log {

    private Log() {}

    /// The revisions that a commit appends.
    ///
    /// @param current what is stored now under a key
    /// @param last the newest revision of the store
    /// @throws ConflictException if an expectation does not hold
    public static List<Revision> decide(
            List<Change> changes,
            String author,
            Instant now,
            long last,
            Function<ResourceKey, Optional<Resource>> current) {
        List<Revision> revisions = new ArrayList<>();
        Map<ResourceKey, Optional<Resource>> own = new HashMap<>();
        long number = last;
        for (Change change : changes) {
            ResourceKey key = change.key();
            Optional<Resource> stored = own.containsKey(key) ? own.get(key) : current.apply(key);
            check(change.expected(), key, stored);
            switch (change) {
                case Change.Put put -> {
                    number++;
                    Instant created = stored.map(r -> r.meta().created()).orElse(now);
                    Resource written = put.resource()
                            .withMeta(new ResourceMeta(put.resource().labels(), created, now, number));
                    own.put(key, Optional.of(written));
                    revisions.add(new Revision(number, key, Optional.of(written), author, now));
                }
                case Change.Delete delete -> {
                    if (stored.isPresent()) {
                        number++;
                        own.put(key, Optional.empty());
                        revisions.add(new Revision(number, key, Optional.empty(), author, now));
                    }
                }
            }
        }
        return revisions;
    }

    private static void check(Expectation expected, ResourceKey key, Optional<Resource> stored) {
        switch (expected) {
            case Expectation.Anything anything -> {
                // the last writer wins
            }
            case Expectation.Absent absent -> {
                if (stored.isPresent()) {
                    throw new ConflictException(key, key + " already exists");
                }
            }
            case Expectation.At at -> {
                long found = stored.map(r -> r.meta().revision()).orElse(0L);
                if (found != at.revision()) {
                    throw new ConflictException(
                            key, key + " was expected at revision " + at.revision() + " and is at " + found);
                }
            }
        }
    }

    /// The events that watchers hear of a commit.
    public static List<StoreEvent> events(List<Revision> revisions) {
        return revisions.stream()
                .map(r -> r.resource()
                        .<StoreEvent>map(StoreEvent.Upsert::new)
                        .orElseGet(() -> new StoreEvent.Delete(r.number(), r.key())))
                .toList();
    }

    /// The answer to the writer.
    public static Commit answer(List<Revision> revisions, long last) {
        return new Commit(
                revisions.isEmpty() ? last : revisions.getLast().number(),
                revisions.stream().flatMap(r -> r.resource().stream()).toList());
    }
}
