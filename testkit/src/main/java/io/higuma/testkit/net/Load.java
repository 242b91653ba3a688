package io.higuma.testkit.net;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Phaser;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/// Requests at a steady rate, each at its own time whatever became of the ones before (an open loop: no coordinated
/// omission), until stopped. What the pacer itself is late with it sends at once, so that the rate holds over the whole
/// run. Only a machine that leaves [#AT_ONCE] requests unanswered, half a second's worth of 500 a second, is waited
/// for, instead of a queue growing until everything in it times out; [Result#perSecond] then tells. Bounded: it ends
/// by itself after four minutes.
public final class Load implements AutoCloseable {

    private static final Duration LIMIT = Duration.ofMinutes(4);
    /// How far behind the pacer may be: more is not caught up with.
    private static final Duration BACKLOG = Duration.ofSeconds(1);
    private static final int FAILURES_KEPT = 10;
    private static final int AT_ONCE = 250;

    private final HttpClient client = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(5))
            .build();
    private final HttpRequest request;
    private final long intervalNanos;
    private final AtomicBoolean running = new AtomicBoolean(true);
    private final Phaser inFlight = new Phaser(1);
    private final Semaphore places = new Semaphore(AT_ONCE);
    private final AtomicInteger sent = new AtomicInteger();
    private final Map<Integer, AtomicInteger> byStatus = new java.util.concurrent.ConcurrentSkipListMap<>();
    private final ConcurrentLinkedQueue<Failure> failures = new ConcurrentLinkedQueue<>();
    private final AtomicInteger failed = new AtomicInteger();
    private final Thread pacer;
    private final long startNanos = System.nanoTime();
    /// When the last one was sent; 0 until then.
    private volatile long endNanos;

    private Load(URI target, int perSecond) {
        this.request =
                HttpRequest.newBuilder(target).timeout(Duration.ofSeconds(30)).build();
        this.intervalNanos = 1_000_000_000L / perSecond;
        this.pacer = Thread.ofPlatform().name("load").daemon().start(this::run);
    }

    public static Load start(URI target, int perSecond) {
        return new Load(target, perSecond);
    }

    /// A request that got no answer, or another one than 200.
    ///
    /// @param afterMillis when it was sent, counted from the start of the load
    public record Failure(long afterMillis, String what) {}

    /// What happened to all requests.
    ///
    /// @param byStatus how many answers of each HTTP status
    /// @param failed how many requests had another outcome than 200
    /// @param failures the first of them
    /// @param perSecond the rate that was kept, from the start to now or to the end
    public record Result(
            int sent, Map<Integer, Integer> byStatus, int failed, List<Failure> failures, double perSecond) {}

    /// Counts so far; requests in flight are in `sent` only.
    public Result soFar() {
        Map<Integer, Integer> counts = new TreeMap<>();
        byStatus.forEach((status, count) -> counts.put(status, count.get()));
        long end = endNanos == 0 ? System.nanoTime() : endNanos;
        int requests = sent.get();
        return new Result(
                requests,
                counts,
                failed.get(),
                new ArrayList<>(failures),
                requests * (double) Duration.ofSeconds(1).toNanos() / (end - startNanos));
    }

    /// Stops sending, waits for what is in flight, and tells what happened.
    public Result stop() {
        running.set(false);
        try {
            pacer.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        inFlight.arriveAndAwaitAdvance();
        return soFar();
    }

    @Override
    public void close() {
        running.set(false);
        client.close();
    }

    private void run() {
        long next = startNanos;
        long end = startNanos + LIMIT.toNanos();
        while (running.get() && next < end) {
            long wait = next - System.nanoTime();
            if (wait > 0) {
                LockSupport.parkNanos(wait);
                continue;
            }
            next = Math.max(next + intervalNanos, System.nanoTime() - BACKLOG.toNanos());
            places.acquireUninterruptibly();
            send();
        }
        endNanos = System.nanoTime();
    }

    private void send() {
        long at = (System.nanoTime() - startNanos) / 1_000_000;
        sent.incrementAndGet();
        inFlight.register();
        var _ = client.sendAsync(request, HttpResponse.BodyHandlers.ofString()).handle((response, error) -> {
            try {
                record(at, response, error);
            } finally {
                places.release();
                inFlight.arriveAndDeregister();
            }
            return true;
        });
    }

    private void record(long at, HttpResponse<String> response, Throwable error) {
        if (error != null) {
            fail(at, error.toString());
            return;
        }
        byStatus.computeIfAbsent(response.statusCode(), status -> new AtomicInteger())
                .incrementAndGet();
        if (response.statusCode() != 200) {
            fail(at, response.statusCode() + " " + response.body());
        }
    }

    private void fail(long at, String what) {
        failed.incrementAndGet();
        if (failures.size() < FAILURES_KEPT) {
            failures.add(new Failure(at, what));
        }
    }
}
