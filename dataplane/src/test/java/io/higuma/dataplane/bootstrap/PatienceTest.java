package io.higuma.dataplane.bootstrap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.higuma.dataplane.StopException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.junit.jupiter.api.Test;

class PatienceTest {

    private Instant now = Instant.EPOCH;
    private final List<String> told = new ArrayList<>();
    private final Patience patience =
            new Patience(Duration.ofSeconds(3), Duration.ofSeconds(10), () -> now, pause -> now = now.plus(pause));

    @Test
    void aFailureIsToldWhenItIsNewAndNotAtEveryTryAndWarningsInTheEnd() {
        Deque<Attempt> attempts = new ArrayDeque<>(List.of(
                new Attempt.Later("nobody listens"),
                new Attempt.Later("nobody listens"),
                new Attempt.Later("not known yet"),
                new Attempt.Given(new byte[] {1}, List.of("two of one place"))));

        assertThat(patience.until(attempts::removeFirst, told::add)).containsExactly(1);
        assertThat(told)
                .containsExactly(
                        "nobody listens; trying again every 3 s for up to 10 s",
                        "not known yet; trying again every 3 s for up to 10 s",
                        "warning: two of one place");
    }

    @Test
    void aRefusalEndsItAtOnce() {
        assertThatThrownBy(() -> patience.until(() -> new Attempt.Refused("no", StopException.REFUSED), told::add))
                .isInstanceOfSatisfying(
                        StopException.class, stop -> assertThat(stop.exitCode()).isEqualTo(1))
                .hasMessage("no");
        assertThat(now).isEqualTo(Instant.EPOCH);
    }

    @Test
    void whenTheTimeIsOverItSaysWhatItWaitedFor() {
        assertThatThrownBy(() -> patience.until(() -> new Attempt.Later("nobody listens"), told::add))
                .isInstanceOfSatisfying(
                        StopException.class, stop -> assertThat(stop.exitCode()).isEqualTo(4))
                .hasMessage("nobody listens; gave up after 10 s");
        assertThat(now).isEqualTo(Instant.EPOCH.plusSeconds(9));
    }
}
