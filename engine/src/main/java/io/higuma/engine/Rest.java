package io.higuma.engine;

import io.higuma.model.ResourceKey;
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

    private static final int MOST = 65_536;

    boolean over(Instant now) {
        return !now.isBefore(until);
    }

    /// Files one more, and forgets the oldest where there are too many.
    static <K> void file(K what, Rest rest, LinkedHashMap<K, Rest> resting) {
        resting.put(what, rest);
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
