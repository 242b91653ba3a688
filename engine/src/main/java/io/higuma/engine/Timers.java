package io.higuma.engine;

import java.time.Duration;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// Things to do later: the only thing a timer does is to put an event on the loop.
final class Timers implements AutoCloseable {

    private final MeshLoop loop;
    private final ScheduledThreadPoolExecutor executor;

    Timers(MeshLoop loop) {
        this.loop = loop;
        this.executor = new ScheduledThreadPoolExecutor(
                1, Thread.ofPlatform().daemon().name("engine-timers").factory());
        executor.setRemoveOnCancelPolicy(true);
    }

    /// @param delay is waited for in full, by the monotonic clock; the clock on the wall may differ a little
    void after(Duration delay, Runnable event) {
        try {
            @Nullable
            Object ignored = executor.schedule(
                    () -> loop.post("timer", event), Math.max(0, delay.toNanos()), TimeUnit.NANOSECONDS);
        } catch (RejectedExecutionException e) {
            loop.post("timer after close", () -> {});
        }
    }

    @Override
    public void close() {
        executor.shutdownNow();
    }
}
