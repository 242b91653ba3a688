package io.higuma.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/// The canary's counts, which the screen reads while calls go on.
class AnswersTest {

    private static final Call OLD = answeredBy("catalog-1");
    private static final Call NEW = answeredBy("catalog-2");

    @Test
    void aCallCountsForTheVersionThatAnsweredIt() {
        Answers answers = Answers.NONE.and(OLD).and(NEW).and(NEW).and(new Call(503, "no healthy upstream", 1));

        assertThat(answers).isEqualTo(new Answers(1, 2, 1));
        assertThat(answers.newShare()).isEqualTo(0.5);
        assertThat(answers.told(50)).isEqualTo("weight 50 of 100 for v2: 2 calls against 1");
    }

    @Test
    void theBarIsAsWideWhateverComesInWhileItIsDrawn() throws InterruptedException {
        AtomicReference<Answers> answers = new AtomicReference<>(Answers.NONE);
        Thread calls = Thread.ofVirtual().start(() -> {
            for (int i = 0; i < 20_000; i++) {
                Call call = i % 3 == 0 ? OLD : NEW;
                answers.updateAndGet(before -> before.and(call));
            }
        });

        Set<Integer> widths = new HashSet<>();
        do {
            widths.add(answers.get().bar(50).indexOf(" v2"));
        } while (calls.isAlive());
        calls.join();

        assertThat(widths).containsExactly(43);
        assertThat(answers.get()).isEqualTo(new Answers(6_667, 13_333, 0));
    }

    private static Call answeredBy(String service) {
        return new Call(200, "{\"service\":\"" + service + "\"}", 1);
    }
}
