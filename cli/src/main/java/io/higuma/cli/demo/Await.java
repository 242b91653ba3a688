package io.higuma.cli.demo;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/// Waits until something is so.
final class Await {

    private static final long POLL_MILLIS = 10;

    private Await() {}

    /// @return how long it took; more than `limit` means that it is still not so
    static Duration until(Duration limit, BooleanSupplier condition) throws InterruptedException {
        long begin = System.nanoTime();
        while (true) {
            boolean so = condition.getAsBoolean();
            Duration taken = Duration.ofNanos(System.nanoTime() - begin);
            if (so) {
                return taken.compareTo(limit) > 0 ? limit : taken;
            }
            if (taken.compareTo(limit) > 0) {
                return taken;
            }
            TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
        }
    }
}
