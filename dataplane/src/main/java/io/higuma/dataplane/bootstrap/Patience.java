package io.higuma.dataplane.bootstrap;

import io.higuma.dataplane.StopException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.function.Consumer;
import java.util.function.Supplier;

/// Tries until there is a bootstrap, a refusal, or no time left. A failure is told when it is new, not at every try.
///
/// @param backoff between two tries
/// @param limit how long to try in all
/// @param clock to measure it by
/// @param pause waits; tests hand in one that moves their clock
public record Patience(Duration backoff, Duration limit, InstantSource clock, Pause pause) {

    /// Waits for a while.
    @FunctionalInterface
    public interface Pause {
        void sleep(Duration duration) throws InterruptedException;
    }

    /// @param tell hears what it waits for, and what the control plane warns of
    /// @return the bootstrap
    /// @throws StopException when refused or when the time is over
    public byte[] until(Supplier<Attempt> attempt, Consumer<String> tell) {
        Instant end = clock.instant().plus(limit);
        String told = "";
        while (true) {
            switch (attempt.get()) {
                case Attempt.Given given -> {
                    given.warnings().forEach(warning -> tell.accept("warning: " + warning));
                    return given.bootstrap();
                }
                case Attempt.Refused refused -> throw new StopException(refused.exitCode(), refused.message());
                case Attempt.Later later -> {
                    if (!clock.instant().plus(backoff).isBefore(end)) {
                        throw new StopException(
                                StopException.UNREACHABLE,
                                later.message() + "; gave up after " + limit.toSeconds() + " s");
                    }
                    if (!later.message().equals(told)) {
                        told = later.message();
                        tell.accept(told + "; trying again every " + seconds(backoff) + " s for up to "
                                + limit.toSeconds() + " s");
                    }
                    await();
                }
            }
        }
    }

    private void await() {
        try {
            pause.sleep(backoff);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StopException(StopException.UNREACHABLE, "interrupted");
        }
    }

    private static String seconds(Duration duration) {
        return duration.toMillis() % 1000 == 0
                ? String.valueOf(duration.toSeconds())
                : String.valueOf(duration.toMillis() / 1000.0);
    }
}
