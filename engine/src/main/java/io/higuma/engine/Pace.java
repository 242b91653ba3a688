package io.higuma.engine;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// When the next wave may begin. An idle mesh hears of a change at once. A busy one hears of what has piled
/// up when the wave under way has reached nine of ten proxies, so that waves become larger instead of more,
/// and at the latest after [#CEILING]. Owner: the loop.
final class Pace {

    /// The longest that a change waits for the wave before it.
    static final Duration CEILING = Duration.ofMillis(100);

    private final Timers timers;
    private @Nullable Wave under;

    Pace(Timers timers) {
        this.timers = timers;
    }

    boolean admits() {
        Wave wave = under;
        if (wave != null && wave.reached()) {
            end(wave);
        }
        return under == null;
    }

    void started(Wave wave) {
        if (wave.reached()) {
            return;
        }
        if (under == null) {
            under = wave;
            timers.after(CEILING, () -> end(wave));
        } else {
            wave.abandon();
        }
    }

    private void end(Wave wave) {
        if (under == wave) {
            under = null;
            wave.abandon();
        }
    }
}
