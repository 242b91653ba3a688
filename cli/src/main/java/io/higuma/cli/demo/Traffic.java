package io.higuma.cli.demo;

import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;

/// Steady requests on a thread of their own until closed. Every answer counts; none is repeated.
final class Traffic implements AutoCloseable {

    private final Callable<Call> call;
    private final long intervalNanos;
    private final Thread thread;
    private final AtomicLong good = new AtomicLong();
    private final AtomicLong bad = new AtomicLong();
    /// Status of a failure → the first text seen with it; written by `thread` alone.
    private final AtomicReference<Map<Integer, String>> failures = new AtomicReference<>(Map.of());
    private volatile boolean closed;

    private Traffic(Callable<Call> call, int perSecond) {
        this.call = call;
        this.intervalNanos = TimeUnit.SECONDS.toNanos(1) / perSecond;
        this.thread = Thread.ofVirtual().unstarted(this::run);
    }

    static Traffic start(int perSecond, Callable<Call> call) {
        Traffic traffic = new Traffic(call, perSecond);
        traffic.thread.start();
        return traffic;
    }

    long good() {
        return good.get();
    }

    long bad() {
        return bad.get();
    }

    long total() {
        return good() + bad();
    }

    /// What the failures were, for the person.
    Map<Integer, String> failures() {
        return failures.get();
    }

    /// Waits until so many more requests have been answered.
    void more(int requests) throws InterruptedException {
        long goal = total() + requests;
        Await.until(Duration.ofSeconds(30), () -> total() >= goal);
    }

    @Override
    public void close() {
        closed = true;
        try {
            thread.join(Duration.ofSeconds(15));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void run() {
        long next = System.nanoTime();
        try {
            while (!closed) {
                count(call.call());
                next += intervalNanos;
                long ahead = next - System.nanoTime();
                if (ahead > 0) {
                    TimeUnit.NANOSECONDS.sleep(ahead);
                } else {
                    next = System.nanoTime();
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (Exception e) {
            throw new IllegalStateException("a call of the demo cannot be made", e);
        }
    }

    private void count(Call answer) {
        if (answer.ok()) {
            good.incrementAndGet();
            return;
        }
        bad.incrementAndGet();
        Map<Integer, String> seen = new TreeMap<>(failures.get());
        seen.putIfAbsent(answer.status(), answer.body());
        failures.set(Map.copyOf(seen));
    }
}
