package io.higuma.xds.grpc;

import io.netty.channel.EventLoop;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;

/// Runs work on event loops with one task per loop and wave, however many streams the wave touches.
final class Wakeups {

    private static final class Waiting implements Runnable {
        private final Queue<Runnable> work = new ConcurrentLinkedQueue<>();
        private final AtomicBoolean scheduled = new AtomicBoolean();

        @Override
        public void run() {
            // Cleared first: what is added from here on schedules the next run, so nothing is left behind.
            scheduled.set(false);
            for (Runnable next = work.poll(); next != null; next = work.poll()) {
                next.run();
            }
        }
    }

    private final Map<EventLoop, Waiting> loops = new ConcurrentHashMap<>();

    /// From any thread. `work` must not throw.
    void add(EventLoop loop, Runnable work) {
        Waiting waiting = loops.computeIfAbsent(loop, key -> new Waiting());
        waiting.work.add(work);
        if (waiting.scheduled.compareAndSet(false, true)) {
            loop.execute(waiting);
        }
    }
}
