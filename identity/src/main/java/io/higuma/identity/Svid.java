package io.higuma.identity;

import io.higuma.model.wire.Bytes;
import java.time.Duration;
import java.time.Instant;
import java.util.random.RandomGenerator;

/// A proxy's certificate and key.
///
/// @param chain PEM, the leaf first
/// @param key PEM
public record Svid(String spiffeId, Bytes chain, Bytes key, Instant issued, Instant notAfter) {

    private static final double RENEW_AT = 2.0 / 3;
    private static final double JITTER = 0.1;
    private static final Duration SOONEST = Duration.ofSeconds(5);

    /// When to renew it: at two thirds of its life, a tenth of its life earlier or later, so that
    /// proxies that started together do not renew together. Never within five seconds of its issue:
    /// a CA that has expired, or a lifetime of nothing, shall not make us issue without pause.
    public Instant renewAt(RandomGenerator random) {
        Duration life = Duration.between(issued, notAfter);
        double share = RENEW_AT + JITTER * (2 * random.nextDouble() - 1);
        Duration wait = Duration.ofMillis((long) (life.toMillis() * share));
        return issued.plus(wait.compareTo(SOONEST) < 0 ? SOONEST : wait);
    }

    /// Whether more than half of its life is left: then a proxy that reconnects keeps it.
    public boolean isFresh(Instant now) {
        return Duration.between(issued, now)
                        .compareTo(Duration.between(issued, notAfter).dividedBy(2))
                < 0;
    }

    @Override
    public String toString() {
        return "SVID " + spiffeId + " until " + notAfter;
    }
}
