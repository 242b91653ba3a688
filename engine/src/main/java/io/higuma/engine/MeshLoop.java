package io.higuma.engine;

import io.higuma.engine.flight.BatchEvent;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;

/// The one thread that owns everything mutable. It takes what is there, all at once: an idle loop
/// acts on an event at once, a busy one on as many as have piled up while it was busy. No delay is
/// ever added, but for what is unhurried: of that the first is done at once, and what follows within
/// [#REST] is done together.
final class MeshLoop implements AutoCloseable {

    private static final int BATCH = 8192;

    /// A wave is acknowledged by all its proxies one after the other: to wake up for each of them takes more time than
    /// to hear them.
    private static final Duration REST = Duration.ofNanos(500_000);

    private record Task(String what, Runnable body) {}

    private final LinkedBlockingQueue<Task> queue = new LinkedBlockingQueue<>();
    private final Runnable settle;
    private final Faults faults;
    private final Thread thread;
    /// Whether something came that waits for nothing, since the loop took what there was.
    private volatile boolean hurried;
    private volatile boolean resting;
    private volatile boolean closed;

    /// @param settle what follows every batch
    MeshLoop(Runnable settle, Faults faults) {
        this.settle = settle;
        this.faults = faults;
        this.thread = Thread.ofPlatform().daemon().name("mesh-loop").unstarted(this::run);
    }

    void start() {
        thread.start();
    }

    /// Has the loop run something; from any thread, never blocks. What throws is reported, and stops nothing
    /// else.
    void post(String what, Runnable body) {
        if (!closed) {
            hurry(new Task(what, body));
        }
    }

    /// As [#post], for what may wait a little. The order of what one thread posts is kept.
    void postUnhurried(String what, Runnable body) {
        if (!closed) {
            queue.add(new Task(what, body));
        }
    }

    private void hurry(Task task) {
        queue.add(task);
        hurried = true;
        if (resting) {
            LockSupport.unpark(thread);
        }
    }

    /// Has the loop answer a question, with everything posted before already done. Blocks.
    <T> T ask(Supplier<T> question) {
        CompletableFuture<T> answer = new CompletableFuture<>();
        if (closed) {
            throw new IllegalStateException("the engine is closed");
        }
        hurry(new Task("question", () -> {
            try {
                answer.complete(question.get());
            } catch (RuntimeException e) {
                answer.completeExceptionally(e);
            }
        }));
        return answer.join();
    }

    /// How many events wait.
    int queued() {
        return queue.size();
    }

    private void run() {
        List<Task> batch = new ArrayList<>();
        while (!closed) {
            try {
                batch.add(queue.take());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
            boolean hurry = hurried;
            hurried = false;
            queue.drainTo(batch, BATCH);
            BatchEvent event = new BatchEvent();
            event.begin();
            for (Task task : batch) {
                guarded(task.what(), task.body());
            }
            event.end();
            if (event.shouldCommit()) {
                event.of(batch.size());
                event.commit();
            }
            batch.clear();
            guarded("settle", settle);
            if (!hurry) {
                rest();
            }
        }
    }

    /// Until something comes that waits for nothing, and not for long.
    private void rest() {
        resting = true;
        if (!hurried) {
            LockSupport.parkNanos(REST.toNanos());
        }
        resting = false;
    }

    private void guarded(String what, Runnable body) {
        try {
            body.run();
        } catch (RuntimeException | StackOverflowError e) {
            faults.handle(what, e);
        }
    }

    @Override
    public void close() {
        closed = true;
        thread.interrupt();
        queue.clear();
    }
}
