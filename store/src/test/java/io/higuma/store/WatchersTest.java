package io.higuma.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class WatchersTest {

    @Test
    void aWatcherThatCannotBeToldWhatIsThereWaitsUntilItCan() throws Exception {
        AtomicInteger reads = new AtomicInteger();
        AtomicInteger heardBefore = new AtomicInteger();
        LinkedBlockingQueue<StoreEvent> heard = new LinkedBlockingQueue<>();
        try (Watchers watchers = new Watchers(() -> {
            if (reads.incrementAndGet() < 3) {
                throw new StoreUnavailableException("the disk cannot be read", new IllegalStateException());
            }
            return new StoreEvent.Resync(7, List.of());
        })) {
            // Given a watcher that fell behind: its listener failed
            watchers.add(List.of(new StoreEvent.Resync(1, List.of())), event -> {
                if (heardBefore.getAndIncrement() == 0) {
                    throw new IllegalStateException("the first time it fails");
                }
                heard.add(event);
            });

            // Then it hears the state of now once that can be read again, and nothing before
            assertThat(heard.poll(20, TimeUnit.SECONDS)).isEqualTo(new StoreEvent.Resync(7, List.of()));
        }
        assertThat(reads).hasValue(3);
    }
}
