package io.higuma.engine;

import static io.higuma.engine.World.eventually;

import io.higuma.model.core.DataplaneSpec.InboundState;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// Proxies come and go; nothing of them stays.
class LeakTest {

    private static final int ROUNDS = 200;

    @Test
    void twoHundredRoundsOfComingAndGoingLeaveNothing() {
        try (World world = new World()) {
            world.identity();
            world.put(World.dataplane("cart-1", "cart", "127.0.0.2", List.of(), InboundState.READY));
            for (int round = 0; round < ROUNDS; round++) {
                String stored = "web-" + round % 5;
                if (round < 5) {
                    world.put(World.dataplane(stored, "web", "127.0.0.1", List.of("cart"), InboundState.READY));
                }
                List<FakeProxy> mine = new ArrayList<>();
                mine.add(world.connect(stored, round % 3 > 0, Map.of()));
                mine.add(world.connect("guest-" + round, round % 2 == 0, Map.of("dataplane.resource", "guest")));
                if (round % 4 == 0) {
                    mine.add(world.connect(stored)); // takes over
                }
                if (round % 10 == 0) {
                    world.timeout("t", Map.of(), Duration.ofSeconds(1 + round));
                    eventually(
                            "somebody is offered something", () -> mine.stream().anyMatch(p -> p.offers() > 0));
                }
                mine.forEach(FakeProxy::close);
            }
            for (int i = 0; i < 5; i++) {
                world.delete(World.key("web-" + i));
            }
            world.delete(World.key("cart-1"));

            eventually(
                    "guests are deregistered",
                    () -> world.store.list("Dataplane").isEmpty());
            eventuallyNothing(world);
        }
    }

    @Test
    void aCertificateThatIsReadyWhenItsDataplaneIsGoneIsNotKept() {
        try (World world = new World()) {
            world.serveWithIdentity("cart-1", "cart");
            world.put(World.dataplane("web-1", "web", "127.0.0.1", List.of(), InboundState.READY));
            world.random.hold();
            FakeProxy web = world.connect("web-1");
            eventually("its certificate is being issued", () -> identities(world) == 2);
            web.close();
            world.delete(World.key("web-1"));
            world.delete(World.key("cart-1"));
            eventually("only the one under way is kept", () -> identities(world) == 1);

            world.random.release();

            eventuallyNothing(world);
        }
    }

    private static int identities(World world) {
        return world.engine.kept().getOrDefault("identities", 0);
    }

    private static void eventuallyNothing(World world) {
        try {
            eventually(
                    "nothing is kept",
                    () -> world.engine.kept().values().stream().allMatch(size -> size == 0));
        } catch (AssertionError e) {
            throw new AssertionError("this is kept: " + world.engine.kept(), e);
        }
    }
}
