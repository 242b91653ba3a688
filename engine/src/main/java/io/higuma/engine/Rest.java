package io.higuma.engine;

import io.higuma.model.ResourceKey;
import io.higuma.store.Deletion;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.Optional;

/// Something of a service that is gone and that callers may still know: its address, its name. For a while it is given
/// to nobody else.
///
/// @param before who had it
/// @param until when others may have it
record Rest(ResourceKey before, Instant until) {

    /// How many are kept, of each kind of thing.
    private static final int MOST = 65_536;

    /// How many removed services of a type a start looks for: so many are read in less than a second.
    static final int READ = 10_000;

    boolean over(Instant now) {
        return !now.isBefore(until);
    }

    /// Of a service that was removed before this process began only what is left of its time.
    ///
    /// @param now a clock that was ahead must not make anything rest for longer than from now on
    static Rest since(Deletion deletion, Duration grace, Instant now) {
        Instant begin = deletion.time().isAfter(now) ? now : deletion.time();
        return new Rest(deletion.last().key(), begin.plus(grace));
    }

    /// Files one more, and forgets the oldest where there are too many.
    static <K> void file(K what, Rest rest, LinkedHashMap<K, Rest> resting) {
        resting.putLast(what, rest);
        if (resting.size() > MOST) {
            resting.remove(resting.keySet().iterator().next());
        }
    }

    /// How long until the next of them is over; zero if one is.
    static Optional<Duration> next(Collection<Rest> resting, Instant now) {
        return resting.stream()
                .map(Rest::until)
                .min(Comparator.naturalOrder())
                .map(until -> now.isBefore(until) ? Duration.between(now, until) : Duration.ZERO);
    }
}
