package io.higuma.xds.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.util.concurrent.MockTicker;
import io.netty.util.concurrent.Ticker;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/// When connections are asked whether they live, and when they are closed; both limits are a minute.
class LivenessTest {

    private static final int STEP_MILLIS = 100;

    private final MockTicker ticker = Ticker.newMockTicker();
    private final List<Connection> connections = new ArrayList<>();

    /// Moments are in milliseconds from the beginning.
    private final class Connection {
        final EmbeddedChannel channel = EmbeddedChannel.builder().ticker(ticker).build();
        final List<Long> asked = new ArrayList<>();
        boolean answers = true;
        boolean inUse = true;
        boolean breaks;
        long closed = -1;
        final Liveness liveness = new Liveness(channel, PortLimits.DEFAULT, () -> inUse, this::ask);

        private void ask() {
            asked.add(millis());
            if (breaks) {
                var _ = channel.close();
                liveness.stop();
            }
            if (answers) {
                liveness.heard();
            }
        }
    }

    private long millis() {
        return TimeUnit.NANOSECONDS.toMillis(ticker.nanoTime());
    }

    private Connection connect() {
        Connection connection = new Connection();
        connections.add(connection);
        return connection;
    }

    private void pass(Duration time) {
        for (long end = millis() + time.toMillis(); millis() < end; ) {
            ticker.advance(STEP_MILLIS, TimeUnit.MILLISECONDS);
            for (Connection connection : connections) {
                connection.channel.runScheduledPendingTasks();
                if (connection.closed < 0 && !connection.channel.isOpen()) {
                    connection.closed = millis();
                }
            }
        }
    }

    @Test
    void connectionsThatComeAtNearlyTheSameTimeAreAskedTogether() {
        pass(Duration.ofMillis(500));
        Connection first = connect();
        pass(Duration.ofMillis(200));
        Connection second = connect();

        pass(Duration.ofMinutes(4));

        // Then the loop wakes for both at once; an answer is a sign of life for the minute after it
        assertThat(first.asked).containsExactly(60_500L, 180_500L).isEqualTo(second.asked);
        assertThat(first.channel.isOpen()).isTrue();
    }

    @Test
    void aMomentIsNeverAfterTheIntervalAndNeverMuchEarlier() {
        for (long now :
                new long[] {0, 1, 999, 1_000, 1_001, -1, -999, Long.MAX_VALUE - 5_000, Long.MIN_VALUE + 5_000}) {
            assertThat(Liveness.untilMoment(now, 60_000)).as("at " + now).isBetween(59_751L, 60_000L);
        }
        assertThat(Liveness.untilMoment(7, 5)).isEqualTo(5);
    }

    @Test
    void whoDoesNotAnswerWithinAMinuteIsClosed() {
        Connection connection = connect();
        connection.answers = false;

        pass(Duration.ofMinutes(3));

        assertThat(connection.asked).containsExactly(60_000L);
        assertThat(connection.closed).isEqualTo(120_000);
    }

    @Test
    void aConnectionThatBreaksWhileItIsAskedLeavesNoTimer() {
        Connection connection = connect();
        connection.breaks = true;

        pass(Duration.ofSeconds(61));

        assertThat(connection.asked).containsExactly(60_000L);
        assertThat(connection.channel.runScheduledPendingTasks())
                .as("nothing is scheduled")
                .isEqualTo(-1);
    }

    @Test
    void whoTalksIsNotAsked() {
        Connection connection = connect();

        for (int i = 0; i < 10; i++) {
            pass(Duration.ofSeconds(30));
            connection.liveness.heard();
        }

        assertThat(connection.asked).isEmpty();
        assertThat(connection.channel.isOpen()).isTrue();
    }

    @Test
    void aConnectionIsClosedAMinuteAfterItsLastCall() {
        // Given one that was in use for longer than a minute
        Connection connection = connect();
        pass(Duration.ofSeconds(130));

        // When its call is over, and another one comes and goes
        connection.inUse = false;
        connection.liveness.used();
        pass(Duration.ofSeconds(20));
        connection.inUse = true;
        pass(Duration.ofSeconds(10));
        connection.inUse = false;
        connection.liveness.used();
        pass(Duration.ofMinutes(3));

        // Then
        assertThat(connection.closed).isEqualTo(220_000);
    }

    @Test
    void aConnectionThatWasNeverUsedIsClosedAfterAMinute() {
        Connection connection = connect();
        connection.inUse = false;

        pass(Duration.ofMinutes(3));

        assertThat(connection.closed).isEqualTo(60_000);
    }

    @Test
    void aCallThatEndsUnheardDoesNotKeepItsConnection() {
        // Given a call whose last bytes the client does not read
        Connection connection = connect();
        pass(Duration.ofSeconds(90));
        connection.inUse = false;

        // When nobody says that it is over
        pass(Duration.ofMinutes(4));

        // Then the next look at the connection notices, a minute later it is closed
        assertThat(connection.closed).isEqualTo(180_000);
    }
}
