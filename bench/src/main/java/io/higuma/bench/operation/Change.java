package io.higuma.bench.operation;

import io.higuma.bench.report.Samples;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/// One change of an endpoint on its way to the streams that see it.
final class Change {

    final long number;
    final int service;
    /// Among the changes of its service, from 0.
    final int ordinal;
    /// The one before it, of the same service.
    final @Nullable Change previous;

    private final long[] received;
    private final long[] acknowledged;
    private final AtomicInteger arrived = new AtomicInteger();
    private final AtomicInteger written = new AtomicInteger();
    private final CountDownLatch done;
    /// When it should have been sent, when it was, and when it was answered. Written before and after the call.
    volatile long scheduled;

    volatile long sent;
    volatile long answered;

    Change(long number, int service, int subscribers, @Nullable Change previous) {
        this.number = number;
        this.service = service;
        this.previous = previous;
        this.ordinal = previous == null ? 0 : previous.ordinal + 1;
        this.received = new long[subscribers];
        this.acknowledged = new long[subscribers];
        this.done = new CountDownLatch(subscribers);
    }

    /// A stream has it. From event loops.
    void arrived(long at, long ackAt) {
        int place = arrived.getAndIncrement();
        if (place < received.length) {
            received[place] = at;
            acknowledged[place] = ackAt;
            written.incrementAndGet();
        }
        done.countDown();
    }

    boolean await(Duration patience) throws InterruptedException {
        return done.await(patience.toNanos(), TimeUnit.NANOSECONDS);
    }

    boolean complete() {
        return done.getCount() == 0;
    }

    int expected() {
        return received.length;
    }

    /// Streams that have it; more than expected is a fault.
    int count() {
        return arrived.get();
    }

    private int readable() {
        return Math.min(written.get(), received.length);
    }

    /// From `since` to every acknowledgement; an acknowledgement before `since` counts as none at all.
    void acknowledgements(long since, Samples out) {
        for (int i = 0; i < readable(); i++) {
            out.add(Math.max(0, acknowledged[i] - since));
        }
    }

    long first() {
        long first = Long.MAX_VALUE;
        for (int i = 0; i < readable(); i++) {
            first = Math.min(first, received[i]);
        }
        return first;
    }

    long last() {
        long last = Long.MIN_VALUE;
        for (int i = 0; i < readable(); i++) {
            last = Math.max(last, acknowledged[i]);
        }
        return last;
    }
}
