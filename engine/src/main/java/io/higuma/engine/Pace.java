package io.higuma.engine;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// When endpoints may move again. An idle mesh hears of a change at once. A busy one gets the next wave when
/// the one under way has reached most of its proxies, so that waves become larger instead of more, and at
/// the latest after [#CEILING]. Owner: the loop.
final class Pace {

    /// The longest that a change of endpoints waits for the wave before it.
    static final Duration CEILING = Duration.ofMillis(100);

    private final Timers timers;
    private @Nullable Wave under;

    Pace(Timers timers) {
        this.timers = timers;
    }

    boolean admits() {
        Wave wave = under;
        if (wave == null || wave.reached()) {
            under = null;
            return true;
        }
        return false;
    }

    void started(Wave wave) {
        if (under == null && !wave.reached()) {
            under = wave;
            timers.after(CEILING, () -> {
                if (under == wave) {
                    under = null;
                }
            });
        }
    }
}
