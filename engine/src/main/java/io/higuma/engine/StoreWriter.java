package io.higuma.engine;

import io.higuma.model.ResourceKey;
import io.higuma.store.Change;
import io.higuma.store.ConflictException;
import io.higuma.store.ResourceStore;
import io.higuma.store.StoreUnavailableException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Writes what the loop decides, off the loop, one commit after the other. The outcome comes back as events of
/// the store; what met another state is decided again when its key is free. Owner of the collections: the loop.
final class StoreWriter implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(StoreWriter.class);

    private final ResourceStore store;
    private final MeshLoop loop;
    private final Faults faults;
    private final ExecutorService thread = new ThreadPoolExecutor(
            1,
            1,
            0,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(),
            Thread.ofVirtual().name("engine-writer").factory(),
            new ThreadPoolExecutor.DiscardPolicy()); // discards only what comes after close
    private final Set<ResourceKey> inFlight = new HashSet<>();
    /// What is written, and not yet in the loop's snapshot.
    private final List<Outcome> outcomes = new ArrayList<>();

    private record Outcome(long revision, List<Change> changes, Runnable done) {}

    StoreWriter(ResourceStore store, MeshLoop loop, Faults faults) {
        this.store = store;
        this.loop = loop;
        this.faults = faults;
    }

    /// Whether the outcome of a write is still out. Loop only.
    boolean busy(ResourceKey key) {
        return inFlight.contains(key);
    }

    /// How many outcomes are out. Loop only.
    int out() {
        return inFlight.size();
    }

    /// Writes, then runs `done` on the loop, once its snapshot holds what was written. Loop only.
    void write(List<Change> changes, String author, Runnable done) {
        if (changes.isEmpty()) {
            return;
        }
        List<Change> mine = List.copyOf(changes);
        mine.forEach(change -> inFlight.add(change.key()));
        thread.execute(() -> {
            long revision = 0;
            try {
                revision = commit(mine, author);
            } catch (RuntimeException e) {
                faults.handle("write by " + author, e);
            } finally {
                Outcome outcome = new Outcome(revision, mine, done);
                loop.post("written", () -> outcomes.add(outcome));
            }
        });
    }

    /// The loop's snapshot is at this revision: what was written up to it is no longer out. A commit returns before
    /// the loop hears its events, and whoever decided again in between would write it a second time. Loop only.
    void heard(long revision) {
        List<Outcome> ready = outcomes.stream()
                .filter(outcome -> outcome.revision() <= revision)
                .toList();
        outcomes.removeAll(ready);
        for (Outcome outcome : ready) {
            outcome.changes().forEach(change -> inFlight.remove(change.key()));
            outcome.done().run();
        }
    }

    /// @return the revision that holds what was written; 0 if nothing was
    private long commit(List<Change> changes, String author) {
        try {
            return store.commit(changes, author).revision();
        } catch (ConflictException e) {
            return changes.size() == 1
                    ? store.revision() // what it met is somewhere below
                    : changes.stream()
                            .mapToLong(change -> commit(List.of(change), author))
                            .max()
                            .orElse(0);
        } catch (StoreUnavailableException e) {
            log.atWarn()
                    .addKeyValue("error", e.getMessage())
                    .log("the store cannot take what {} found; it is tried again with the next change", author);
            return 0;
        }
    }

    @Override
    public void close() {
        thread.shutdownNow();
    }
}
