package io.higuma.engine;

import static io.higuma.engine.World.eventually;
import static io.higuma.engine.World.key;
import static org.assertj.core.api.Assertions.assertThat;

import io.higuma.model.core.DataplaneInsightSpec;
import io.higuma.model.core.DataplaneSpec.InboundState;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// When callers are told of a dataplane, one by one and in crowds.
class PresenceTest extends InAWorld {

    private static final List<String> CARTS =
            IntStream.range(1, 41).mapToObj(n -> "cart-" + n).toList();

    /// How long one that comes alone is waited for: twenty graces of [World].
    private static final Duration ALONE = Duration.ofSeconds(1);

    @Test
    void whatWasGoneBeforeARestartIsNotAnnouncedAfterIt() {
        world.put(World.dataplane("cart-1", "cart", "127.0.0.2", List.of(), InboundState.READY));
        world.put(World.dataplane("cart-2", "cart", "127.0.0.3", List.of(), InboundState.READY));
        FakeProxy web = caller();
        FakeProxy cart = world.connect("cart-1");
        eventually("web sees both", () -> web.sees("cart", "127.0.0.2") && web.sees("cart", "127.0.0.3"));
        cart.close();
        eventually("cart-1 is withdrawn", () -> !web.sees("cart", "127.0.0.2"));
        eventually(
                "it is written down that its stream is over",
                () -> world.store
                        .get(InsightLedger.key(key("cart-1")))
                        .map(insight -> insight.spec(DataplaneInsightSpec.class))
                        .filter(insight -> !insight.subscriptions().isEmpty() && !insight.online())
                        .isPresent());

        try (MeshEngine second = World.engine(world.store, Ipam.DEFAULT)) {
            FakeProxy again = new FakeProxy(second, key("web-1"), true, Map.of());

            eventually("web sees the one that never had a stream", () -> again.sees("cart", "127.0.0.3"));
            assertThat(again.sees("cart", "127.0.0.2")).isFalse();
        }
    }

    @Test
    void aCrowdIsAnnouncedWhenItAcknowledgesAndWithdrawnWhenItStaysAway() {
        for (int n = 0; n < CARTS.size(); n++) {
            world.put(World.dataplane(CARTS.get(n), "cart", address(n), List.of(), InboundState.READY));
        }
        FakeProxy web = caller();
        List<FakeProxy> carts = new ArrayList<>();
        CARTS.forEach(cart -> carts.add(world.connect(cart, false, Map.of())));
        eventually("all are offered something", () -> carts.stream().allMatch(cart -> cart.offers() > 0));
        eventually("nobody is announced who does not acknowledge", () -> seen(web) == 0);

        carts.forEach(cart -> cart.acknowledge(cart.holds().orElseThrow()));
        eventually("web sees all", () -> seen(web) == CARTS.size());

        carts.forEach(FakeProxy::close);
        eventually("web sees none", () -> seen(web) == 0);

        FakeProxy first = world.connect(CARTS.getFirst());
        eventually("web sees the one that came back", () -> seen(web) == 1);
        first.close();
        eventually("web sees none again", () -> seen(web) == 0);
    }

    @Test
    void whatWasWrittenBeforeItsProxyCameStaysAnnouncedWhileTheProxyConnects() {
        world.put(World.dataplane("cart-1", "cart", "127.0.0.2", List.of(), InboundState.READY));
        FakeProxy web = caller();
        eventually("web sees cart-1", () -> web.sees("cart", "127.0.0.2"));
        int before = web.offers();

        FakeProxy cart = world.connect("cart-1", false, Map.of());
        eventually("cart-1 is offered something", () -> cart.offers() > 0);
        cart.acknowledge(cart.holds().orElseThrow());
        world.put(World.dataplane("cart-2", "cart", "127.0.0.3", List.of(), InboundState.READY));
        eventually("web sees what was written after that", () -> web.sees("cart", "127.0.0.3"));

        assertThat(web.offered().subList(before, web.offers()))
                .as("what web was offered since cart-1 connected")
                .allMatch(config -> FakeProxy.shows(config, "cart", "127.0.0.2"));
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void oneThatNeverAcknowledgesStaysAnnouncedWhileOthersComeAndNoLonger(boolean othersAcknowledge) {
        // Given a Dataplane that callers know, whose proxy connects and never acknowledges
        world.put(World.dataplane("cart-1", "cart", "127.0.0.2", List.of(), InboundState.READY));
        world.put(World.dataplane("cart-2", "cart", "127.0.0.3", List.of(), InboundState.READY));
        FakeProxy web = caller();
        eventually("web sees cart-1", () -> web.sees("cart", "127.0.0.2"));
        int before = web.offers();
        FakeProxy silent = world.connect("cart-1", false, Map.of());
        eventually("it is offered something", () -> silent.offers() > 0);

        // When another one comes again and again, for longer than one is waited for alone
        long connected = System.nanoTime();
        while (System.nanoTime() - connected < 3 * ALONE.toNanos()) {
            FakeProxy other = world.connect("cart-2", othersAcknowledge, Map.of());
            eventually("the other one is offered something", () -> other.offers() > 0);
            other.close();
        }

        // Then callers were not told that the first one is gone
        assertThat(web.offered().subList(before, web.offers()))
                .allMatch(config -> FakeProxy.shows(config, "cart", "127.0.0.2"));

        // And when nobody comes any more, they are
        eventually("it is withdrawn", () -> !web.sees("cart", "127.0.0.2"));
    }

    @Test
    void oneThatRegistersADataplaneThatStandsAlreadyStaysAnnounced() {
        // Given a Dataplane that callers know
        world.put(World.dataplane("cart-1", "cart", "127.0.0.9", List.of(), InboundState.READY));
        FakeProxy web = caller();
        eventually("web sees cart-1", () -> web.sees("cart", "127.0.0.9"));
        int before = web.offers();

        // When its proxy comes with the same Dataplane in its metadata
        FakeProxy cart = world.connect("cart-1", false, Map.of("dataplane.resource", "cart"));
        eventually("it is offered something", () -> cart.offers() > 0);
        cart.acknowledge(cart.holds().orElseThrow());
        world.put(World.dataplane("cart-2", "cart", "127.0.0.3", List.of(), InboundState.READY));
        eventually("web sees what was written after that", () -> web.sees("cart", "127.0.0.3"));

        // Then callers were not told that it is gone
        assertThat(web.offered().subList(before, web.offers()))
                .allMatch(config -> FakeProxy.shows(config, "cart", "127.0.0.9"));
    }

    private FakeProxy caller() {
        world.put(World.dataplane("web-1", "web", "127.0.0.1", List.of("cart"), InboundState.READY));
        return world.connect("web-1");
    }

    private static String address(int n) {
        return "127.0.1." + (n + 1);
    }

    private static long seen(FakeProxy web) {
        return IntStream.range(0, CARTS.size())
                .filter(n -> web.sees("cart", address(n)))
                .count();
    }
}
