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
/// the store; what met another state is decided again when its key is free. Owner of [#inFlight]: the loop.
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

    /// Writes, then runs `done` on the loop, which by then has heard of what was written. Loop only.
    void write(List<Change> changes, String author, Runnable done) {
        if (changes.isEmpty()) {
            return;
        }
        List<Change> mine = List.copyOf(changes);
        mine.forEach(change -> inFlight.add(change.key()));
        thread.execute(() -> {
            try {
                commit(mine, author);
            } catch (RuntimeException e) {
                faults.handle("write by " + author, e);
            } finally {
                loop.post("written", () -> {
                    mine.forEach(change -> inFlight.remove(change.key()));
                    done.run();
                });
            }
        });
    }

    private void commit(List<Change> changes, String author) {
        try {
            store.commit(changes, author);
        } catch (ConflictException e) {
            if (changes.size() > 1) {
                new ArrayList<>(changes).forEach(change -> commit(List.of(change), author));
            }
        } catch (StoreUnavailableException e) {
            log.atWarn()
                    .addKeyValue("error", e.getMessage())
                    .log("the store cannot take what {} found; it is tried again with the next change", author);
        }
    }

    @Override
    public void close() {
        thread.shutdownNow();
    }
}
