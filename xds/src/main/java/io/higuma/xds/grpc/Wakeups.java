package io.higuma.xds.grpc;

import io.netty.channel.EventLoop;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;

/// Runs work on event loops with one task per loop and wave, however many streams the wave touches.
final class Wakeups {

    /// What is to be done on one loop.
    static final class OnLoop implements Runnable {
        private final EventLoop loop;
        private final Queue<Runnable> work = new ConcurrentLinkedQueue<>();
        private final AtomicBoolean scheduled = new AtomicBoolean();

        private OnLoop(EventLoop loop) {
            this.loop = loop;
        }

        /// From any thread.
        ///
        /// @param one must not throw
        void add(Runnable one) {
            work.add(one);
            if (scheduled.compareAndSet(false, true)) {
                loop.execute(this);
            }
        }

        @Override
        public void run() {
            // Cleared first: what is added from here on schedules the next run, so nothing is left behind.
            scheduled.set(false);
            for (Runnable next = work.poll(); next != null; next = work.poll()) {
                next.run();
            }
        }
    }

    private final Map<EventLoop, OnLoop> loops = new ConcurrentHashMap<>();

    OnLoop on(EventLoop loop) {
        return loops.computeIfAbsent(loop, OnLoop::new);
    }
}
