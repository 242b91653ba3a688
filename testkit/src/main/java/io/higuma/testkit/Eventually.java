package io.higuma.testkit;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;

/// Waits for a condition instead of for time.
public final class Eventually {

    private static final Duration PATIENCE = Duration.ofSeconds(120);
    private static final Duration INTERVAL = Duration.ofMillis(10);

    private Eventually() {}

    /// Waits up to two minutes until `probe` gives a value that `accepts` takes, and returns it.
    ///
    /// @param promise what is waited for, for the message of a failure
    /// @throws AssertionError with the last value or exception seen
    public static <T> T eventually(String promise, Callable<T> probe, Predicate<? super T> accepts) {
        return within(PATIENCE, promise, probe, accepts);
    }

    /// Waits up to two minutes until `condition` is true.
    public static void eventually(String promise, Callable<Boolean> condition) {
        within(PATIENCE, promise, condition, value -> value);
    }

    /// As [#eventually], with a deadline of one's own.
    public static <T> T within(Duration patience, String promise, Callable<T> probe, Predicate<? super T> accepts) {
        long deadline = System.nanoTime() + patience.toNanos();
        while (true) {
            Object last;
            Throwable cause = null;
            try {
                T value = probe.call();
                if (accepts.test(value)) {
                    return value;
                }
                last = value;
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new AssertionError("interrupted while waiting: " + promise, e);
            } catch (Exception | AssertionError e) {
                last = e;
                cause = e;
            }
            if (System.nanoTime() > deadline) {
                throw new AssertionError("not within " + patience + ": " + promise + "; last seen: " + last, cause);
            }
            LockSupport.parkNanos(INTERVAL.toNanos());
        }
    }
}
