package io.higuma.store;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The watchers of a store: each has a bounded queue and a thread of its own, so that a slow one
/// delays nobody and costs no unbounded memory. One that falls behind, or throws, is told
/// everything anew.
public final class Watchers implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(Watchers.class);
    private static final int QUEUE = 10_000;
    private static final Duration RETRY = Duration.ofMillis(500);

    private final List<QueuedWatch> watches = new CopyOnWriteArrayList<>();
    private final Supplier<StoreEvent.Resync> everything;

    /// @param everything the state of now; called by a watcher's thread, must be safe for that
    public Watchers(Supplier<StoreEvent.Resync> everything) {
        this.everything = everything;
    }

    /// Adds a watcher. The caller makes sure that no commit happens in between `missed` and this call.
    ///
    /// @param missed what the watcher has to hear first
    public ResourceStore.Watch add(List<StoreEvent> missed, ResourceStore.Listener listener) {
        QueuedWatch watch = new QueuedWatch(missed, listener);
        watches.add(watch);
        watch.start();
        return watch;
    }

    /// Hands the events of a commit to every watcher. Called in the order of commits.
    public void publish(List<StoreEvent> events) {
        for (QueuedWatch watch : watches) {
            watch.offer(events);
        }
    }

    @Override
    public void close() {
        watches.forEach(QueuedWatch::close);
    }

    private final class QueuedWatch implements ResourceStore.Watch {
        private final ResourceStore.Listener listener;
        // guarded by this
        private final Deque<StoreEvent> queue = new ArrayDeque<>();
        private boolean behind;
        private boolean closed;
        private final Thread thread;

        QueuedWatch(List<StoreEvent> missed, ResourceStore.Listener listener) {
            this.listener = listener;
            this.queue.addAll(missed);
            this.thread = Thread.ofPlatform().daemon().name("store-watch").unstarted(this::run);
        }

        void start() {
            thread.start();
        }

        synchronized void offer(List<StoreEvent> events) {
            if (behind || queue.size() + events.size() > QUEUE) {
                queue.clear();
                behind = true;
            } else {
                queue.addAll(events);
            }
            notifyAll();
        }

        private void run() {
            long reached = -1;
            while (true) {
                StoreEvent event = next();
                if (event == null) {
                    return;
                }
                if (event.revision() < reached) {
                    continue; // a resync was ahead of what was queued behind it
                }
                try {
                    listener.on(event);
                    reached = event.revision();
                } catch (RuntimeException e) {
                    log.atError()
                            .addKeyValue("revision", event.revision())
                            .setCause(e)
                            .log("a watcher failed and is told everything anew");
                    fallBehind();
                }
            }
        }

        private synchronized void fallBehind() {
            queue.clear();
            behind = true;
        }

        /// The next event, or null when closed. While the state of now cannot be read, the watcher
        /// waits for it: it must never go on with a gap.
        private @Nullable StoreEvent next() {
            while (true) {
                Optional<StoreEvent> queued = queued();
                if (queued.isEmpty() && closed()) {
                    return null;
                }
                if (queued.isPresent()) {
                    return queued.get();
                }
                try {
                    return everything.get();
                } catch (RuntimeException e) {
                    log.atError()
                            .addKeyValue("error", e.getMessage())
                            .log("a watcher cannot be told what is there now");
                    if (!waited()) {
                        return null;
                    }
                }
            }
        }

        private synchronized boolean closed() {
            return closed;
        }

        /// A pause before the next try; false if the watch is over.
        private synchronized boolean waited() {
            behind = true;
            queue.clear();
            long until = System.nanoTime() + RETRY.toNanos();
            try {
                for (long left = RETRY.toMillis(); !closed && left > 0; left = millisTo(until)) {
                    wait(left);
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                closed = true;
            }
            return !closed;
        }

        private static long millisTo(long nanoTime) {
            return TimeUnit.NANOSECONDS.toMillis(nanoTime - System.nanoTime());
        }

        /// The next event of the queue; empty when closed, or when everything has to be told anew.
        private synchronized Optional<StoreEvent> queued() {
            while (!closed && !behind && queue.isEmpty()) {
                try {
                    wait();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    closed = true;
                }
            }
            if (closed) {
                return Optional.empty();
            }
            if (!behind) {
                return Optional.ofNullable(queue.poll());
            }
            behind = false;
            return Optional.empty();
        }

        @Override
        public void close() {
            synchronized (this) {
                closed = true;
                notifyAll();
            }
            watches.remove(this);
        }
    }
}
