package io.higuma.bench.operation;

import io.higuma.bench.report.Samples;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.locks.LockSupport;

/// Endpoint changes at a steady rate, round robin over services. A change counts from the moment it was due, however
/// late the write could be sent: what waits is not left out.
final class Churner {

    private static final int WRITERS = 8;

    private final Session session;
    private final List<Change> changes = new ArrayList<>();
    private final ConcurrentLinkedQueue<String> failures = new ConcurrentLinkedQueue<>();

    Churner(Session session) {
        this.session = session;
    }

    /// Makes changes for so long, and waits until the last write is answered.
    void run(int perSecond, Duration length, String what) throws InterruptedException {
        int services = session.topology().workload().services();
        // Writes of one service keep their order: each service has one writer.
        List<ExecutorService> writers = new ArrayList<>();
        for (int i = 0; i < Math.min(WRITERS, services); i++) {
            writers.add(Executors.newSingleThreadExecutor(Thread.ofVirtual().factory()));
        }
        long begin = System.nanoTime();
        long count = Math.max(1, perSecond * length.toMillis() / 1000);
        for (long i = 0; i < count; i++) {
            long due = begin + i * 1_000_000_000L / perSecond;
            parkUntil(due);
            int service = (int) (i % services);
            Change change = session.plan(service, session.topology().subscribers(service));
            change.scheduled = due;
            changes.add(change);
            writers.get(service % writers.size()).execute(() -> write(change));
            if (i % perSecond == 0) {
                session.progress(what + ": " + i + " of " + count + " changes, " + backlog() + " not everywhere yet");
            }
        }
        for (ExecutorService writer : writers) {
            writer.close();
        }
    }

    private void write(Change change) {
        try {
            session.write(change);
        } catch (IOException e) {
            failures.add(String.valueOf(e.getMessage()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void parkUntil(long due) {
        for (long now = System.nanoTime(); now < due; now = System.nanoTime()) {
            LockSupport.parkNanos(due - now);
        }
    }

    long backlog() {
        return changes.stream().filter(change -> !change.complete()).count();
    }

    int count() {
        return changes.size();
    }

    List<String> failures() {
        return List.copyOf(failures);
    }

    /// Over all changes and streams, and of each change the last stream; since the change was due.
    void latencies(Samples every, Samples last) {
        for (Change change : changes) {
            if (change.complete() && change.expected() > 0) {
                change.acknowledgements(change.scheduled, every);
                last.add(change.last() - change.scheduled);
            }
        }
    }
}
