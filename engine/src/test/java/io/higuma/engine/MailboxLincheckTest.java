package io.higuma.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.atomic.AtomicInteger;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Validate;
import org.junit.jupiter.api.Test;

/// The mailbox under every interleaving that the model checker finds: no work is lost, none is done twice, and the
/// handler is never in use by two.
///
/// Work is a number, merging is addition: what was put in must have come out in the end. Tasks run on the thread that
/// put the work in, as the pool would run them on its own.
public class MailboxLincheckTest {

    private final ThreadLocal<Deque<Runnable>> tasks = ThreadLocal.withInitial(ArrayDeque::new);
    private final AtomicInteger asked = new AtomicInteger();
    private volatile int handled;
    private volatile int users;
    private volatile boolean crowded;

    private final Mailbox<Integer> mailbox = new Mailbox<>(task -> tasks.get().add(task), Integer::sum, work -> {
        users++;
        crowded |= users > 1;
        handled += work;
        users--;
    });

    /// Puts one in and works until this thread has nothing to do.
    @Operation
    public boolean put() {
        asked.incrementAndGet();
        Deque<Runnable> mine = tasks.get();
        if (mailbox.put(1)) {
            mine.add(mailbox);
        }
        while (!mine.isEmpty()) {
            mine.removeFirst().run();
        }
        return crowded;
    }

    /// Called when all threads are done.
    @Validate
    public void everythingThatWasAskedWasDone() {
        if (handled != asked.get()) {
            throw new IllegalStateException(handled + " of " + asked.get() + " were done");
        }
    }

    @Test
    void noWorkIsLostAndTheHandlerIsNeverShared() {
        new ModelCheckingOptions()
                .threads(2)
                .actorsPerThread(2)
                .actorsBefore(0)
                .actorsAfter(0)
                .iterations(5)
                .invocationsPerIteration(2000)
                .sequentialSpecification(Alone.class)
                .check(MailboxLincheckTest.class);
    }

    /// What is seen from outside if nobody is in anybody's way.
    public static final class Alone {
        public boolean put() {
            return false;
        }
    }

    @Test
    void whatIsPutInComesOut() {
        for (int i = 0; i < 100; i++) {
            put();
        }

        assertThat(handled).isEqualTo(100);
    }
}
