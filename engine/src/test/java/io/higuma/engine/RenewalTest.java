package io.higuma.engine;

import static io.higuma.engine.World.eventually;

import io.higuma.model.core.DataplaneSpec.InboundState;
import io.higuma.model.wire.TypeUrl;
import io.higuma.model.wire.WireResource;
import io.higuma.store.InMemoryResourceStore;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// Certificates are renewed in time, whatever the clock does.
class RenewalTest {

    /// A clock slower than the timers: when a timer fires, it is not yet time. Seen with clocks that a time server
    /// slows down, and with timers that fire a moment early.
    private static final class Slow implements InstantSource {
        private static final Instant BEGIN = Instant.parse("2030-01-01T00:00:00Z");
        private final long began = System.nanoTime();

        @Override
        public Instant instant() {
            return BEGIN.plusNanos((System.nanoTime() - began) * 4 / 5);
        }
    }

    @Test
    void aTimerThatFiresTooEarlyIsNotTheLast() {
        Slow clock = new Slow();
        try (World world = new World(new InMemoryResourceStore(clock), Ipam.DEFAULT, clock)) {
            world.put(World.dataplane("web-1", "web", "127.0.0.2", List.of(), InboundState.READY));
            FakeProxy web = world.connect("web-1");
            world.identity(Optional.of(Duration.ofSeconds(6)));
            eventually("it has a certificate", () -> certificate(web).isPresent());
            WireResource first = certificate(web).orElseThrow();

            eventually(
                    "it has another one", () -> !certificate(web).orElseThrow().equals(first));
        }
    }

    private static Optional<WireResource> certificate(FakeProxy proxy) {
        return proxy.holds()
                .flatMap(config -> config.set(TypeUrl.SECRET).byName().entrySet().stream()
                        .filter(secret -> secret.getKey().contains("kri_mid_"))
                        .map(Map.Entry::getValue)
                        .findFirst());
    }
}
