package io.higuma.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class MeshLoopTest {

    private final List<Integer> done = new ArrayList<>();
    private final MeshLoop loop = new MeshLoop(() -> {}, new Faults());

    @AfterEach
    void close() {
        loop.close();
    }

    @Test
    void whatIsUnhurriedIsDoneThoughNothingElseComes() throws Exception {
        loop.start();
        CountDownLatch both = new CountDownLatch(2);
        // the second one comes while the loop rests from the first
        loop.postUnhurried("first", () -> {
            both.countDown();
            loop.postUnhurried("second", both::countDown);
        });

        assertThat(both.await(10, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void whatOneThreadPostsIsDoneInItsOrderHurriedOrNot() {
        loop.start();
        for (int i = 0; i < 10_000; i++) {
            int number = i;
            if (i % 7 == 0) {
                loop.post("hurried", () -> done.add(number));
            } else {
                loop.postUnhurried("unhurried", () -> done.add(number));
            }
        }

        assertThat(loop.ask(() -> List.copyOf(done)))
                .isEqualTo(IntStream.range(0, 10_000).boxed().toList());
    }
}
