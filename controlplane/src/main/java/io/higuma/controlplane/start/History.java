package io.higuma.controlplane.start;

import io.higuma.model.ResourceType;
import io.higuma.model.core.CoreTypes;
import io.higuma.store.ResourceStore;
import io.higuma.store.StoreUnavailableException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Forgets old revisions, so that the log does not grow for ever. What is there now is never forgotten, and a service
/// that
/// was removed not while its address and names rest: a start reads them from the log.
public final class History implements AutoCloseable {

    private static final Set<String> SERVICES =
            CoreTypes.SERVICES.stream().map(ResourceType::name).collect(Collectors.toUnmodifiableSet());

    private static final Logger log = LoggerFactory.getLogger(History.class);

    private final ResourceStore store;
    private final int kept;
    private final Duration rest;
    private final InstantSource clock;
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().name("higuma-history").daemon().factory());

    /// @param kept revisions behind the newest; 0 keeps all
    /// @param rest how long removed services are kept in any case (`ipam.gracePeriod`)
    public History(ResourceStore store, int kept, Duration rest, Duration interval, InstantSource clock) {
        this.store = store;
        this.kept = kept;
        this.rest = rest;
        this.clock = clock;
        if (kept > 0) {
            var _ = timer.scheduleWithFixedDelay(
                    this::forget, interval.toMillis(), interval.toMillis(), TimeUnit.MILLISECONDS);
        }
    }

    private void forget() {
        try {
            long newest = store.revision();
            if (newest > kept) {
                store.compact(newest - kept, SERVICES, clock.instant().minus(rest));
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
