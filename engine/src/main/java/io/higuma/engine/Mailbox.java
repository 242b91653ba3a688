package io.higuma.engine;

import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BinaryOperator;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Holds at most one piece of work: what comes in while one is under way is merged into the one that waits. The
/// handler never runs twice at a time. Safe for all threads.
final class Mailbox<T> implements Runnable {

    /// @param waiting what to do next; null while the handler is at the last of it
    private record Busy<T>(@Nullable T waiting) {}

    private final AtomicReference<@Nullable Busy<T>> state = new AtomicReference<>();
    private final Executor executor;
    private final BinaryOperator<T> merge;
    private final Consumer<T> handler;

    /// @param executor runs the mailbox again, if something came in while it ran
    Mailbox(Executor executor, BinaryOperator<T> merge, Consumer<T> handler) {
        this.executor = executor;
        this.merge = merge;
        this.handler = handler;
    }

    /// True if the mailbox was idle: whoever put the work in then has [#run] called, once.
    boolean put(T work) {
        Busy<T> before = state.getAndUpdate(busy -> {
            T waiting = busy == null ? null : busy.waiting();
            return new Busy<>(waiting == null ? work : merge.apply(waiting, work));
        });
        return before == null;
    }

    @Override
    public void run() {
        Busy<T> taken = state.getAndUpdate(busy -> busy == null ? null : new Busy<>(null));
        T work = taken == null ? null : taken.waiting();
        try {
            if (work != null) {
                handler.accept(work);
            }
        } finally {
            Busy<T> after = state.updateAndGet(busy -> busy == null || busy.waiting() == null ? null : busy);
            if (after != null) {
                executor.execute(this);
            }
        }
    }
}
