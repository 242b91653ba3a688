package io.higuma.controlplane.start;

import io.higuma.store.ResourceStore;
import io.higuma.store.StoreUnavailableException;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Forgets old revisions, so that the log does not grow for ever. What is there now is never forgotten.
public final class History implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(History.class);

    private final ResourceStore store;
    private final int kept;
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().name("higuma-history").daemon().factory());

    /// @param kept revisions behind the newest; 0 keeps all
    public History(ResourceStore store, int kept, Duration interval) {
        this.store = store;
        this.kept = kept;
        if (kept > 0) {
            var _ = timer.scheduleWithFixedDelay(
                    this::forget, interval.toMillis(), interval.toMillis(), TimeUnit.MILLISECONDS);
        }
    }

    private void forget() {
        try {
            long newest = store.revision();
            if (newest > kept) {
                store.compact(newest - kept);
            }
        } catch (StoreUnavailableException e) {
            log.atWarn()
                    .addKeyValue("error", e.getMessage())
                    .log("old revisions could not be forgotten; tried again later");
        } catch (RuntimeException e) {
            log.atError().setCause(e).log("a fault while old revisions were forgotten");
        }
    }

    @Override
    public void close() {
        timer.shutdownNow();
    }
}
