package io.higuma.engine;

import static io.higuma.engine.World.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.higuma.model.Cidr;
import io.higuma.model.core.Condition;
import io.higuma.model.core.CoreTypes;
import io.higuma.model.core.DataplaneSpec.InboundState;
import io.higuma.store.InMemoryResourceStore;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// What a removed service had rests for as long as it was promised, whatever happens to the control plane meanwhile.
class RestTest {

    private static final Instant START = Instant.parse("2030-01-01T00:00:00Z");
    /// Two addresses.
    private static final Cidr TINY = Cidr.parse("241.7.0.0/30");

    private final AtomicReference<Instant> clock = new AtomicReference<>(START);
    private final InMemoryResourceStore store = new InMemoryResourceStore(clock::get);
    private Ipam ipam = Ipam.DEFAULT;
    private Optional<World> world = Optional.empty();
    private Optional<MeshEngine> second = Optional.empty();

    @AfterEach
    void close() {
        second.ifPresent(engine -> {
            assertThat(engine.faults()).as("faults of the engine, see the log").isZero();
            engine.close();
        });
        world.ifPresent(World::close);
    }

    @Test
    void anAddressRestsOverARestartAndItsServiceGetsItBack() {
        // Given two names of one hash
        assertThat("bc0k".hashCode()).isEqualTo("bank".hashCode());
        World mesh = start();
        mesh.apply(outside("bank"));
        String before = addressOf("bank");
        mesh.delete(CoreTypes.MESH_EXTERNAL_SERVICE.key(World.MESH, "bank"));

        // When the control plane starts again, and the other one comes first
        restart();
        mesh.apply(outside("bc0k"));

        assertThat(addressOf("bc0k")).isNotEqualTo(before);
        mesh.apply(outside("bank"));
        assertThat(addressOf("bank")).isEqualTo(before);
    }

    @Test
    void afterARestartAnAddressRestsForWhatIsLeftOfItsTime() {
        ipam = new Ipam(Ipam.DEFAULT.meshService(), TINY, Ipam.DEFAULT.meshMultiZoneService());
        World mesh = start();
        mesh.apply(outside("a"));
        mesh.apply(outside("b"));
        String first = addressOf("a");
        String other = addressOf("b");
        mesh.delete(CoreTypes.MESH_EXTERNAL_SERVICE.key(World.MESH, "a"));
        pass(World.REST.minusMillis(50));

        restart();
        mesh.apply(outside("c"));

        eventually(
                "it is told that all are in use",
                () -> mesh.status(CoreTypes.MESH_EXTERNAL_SERVICE, "c").stream()
                        .flatMap(status -> status.conditions().stream())
                        .anyMatch(found -> found.reason().equals("RangeExhausted")));
        pass(Duration.ofMillis(50));
        assertThat(addressOf("c")).isEqualTo(first);
        assertThat(addressOf("b")).isEqualTo(other);
    }

    @Test
    void anAddressThatHasAnOwnerAgainDoesNotRest() {
        World mesh = start();
        mesh.apply(outside("bank"));
        String before = addressOf("bank");
        mesh.delete(CoreTypes.MESH_EXTERNAL_SERVICE.key(World.MESH, "bank"));
        mesh.apply(outside("bank"));
        assertThat(addressOf("bank")).isEqualTo(before);

        restart();
        mesh.apply(outside("late"));

        assertThat(addressOf("late")).isNotEqualTo(before);
        assertThat(addressOf("bank")).isEqualTo(before);
    }

    @Test
    void aNameRestsOverARestartForWhatIsLeftOfItsTime() {
        World mesh = start();
        mesh.names("same", "the.mesh", Map.of());
        mesh.apply(RoutedTest.FRONT);
        eventually("front has the name", () -> mesh.hostnames("front").contains("the.mesh"));
        mesh.delete(CoreTypes.MESH_SERVICE.key(World.MESH, "front"));
        pass(World.REST.minusMillis(50));

        restart();
        mesh.put(World.dataplane("shop-1", "shop", "127.0.0.9", List.of(), InboundState.READY));

        eventually(
                "shop is told until when it rests",
                () -> mesh.status(CoreTypes.MESH_SERVICE, "shop").stream()
                        .flatMap(status -> status.hostnameGenerators().stream())
                        .flatMap(generator -> generator.conditions().stream())
                        .map(Condition::message)
                        .anyMatch(message -> message.contains("the.mesh belonged to MeshService front")
                                && message.contains("until " + START.plus(World.REST))));
        assertThat(mesh.hostnames("shop")).isEmpty();
        pass(Duration.ofMillis(50));
        eventually("shop has the name", () -> mesh.hostnames("shop").contains("the.mesh"));
    }

    @Test
    void aNameThatRestsOverARestartGoesToAServiceOfItsNameAtOnce() {
        World mesh = start();
        mesh.names("same", "the.mesh", Map.of());
        mesh.apply(RoutedTest.FRONT);
        eventually("front has the name", () -> mesh.hostnames("front").contains("the.mesh"));
        mesh.delete(CoreTypes.MESH_SERVICE.key(World.MESH, "front"));

        restart();
        mesh.put(World.dataplane("shop-1", "shop", "127.0.0.9", List.of(), InboundState.READY));
        eventually(
                "shop is there",
                () -> mesh.status(CoreTypes.MESH_SERVICE, "shop").isPresent());
        mesh.apply(RoutedTest.FRONT);

        eventually("front has its name again", () -> mesh.hostnames("front").contains("the.mesh"));
        assertThat(mesh.hostnames("shop")).isEmpty();
    }

    @Test
    void aClockThatWasAheadMakesNothingRestForLonger() {
        ipam = new Ipam(Ipam.DEFAULT.meshService(), TINY, Ipam.DEFAULT.meshMultiZoneService());
        World mesh = start();
        mesh.apply(outside("a"));
        mesh.apply(outside("b"));
        String first = addressOf("a");
        addressOf("b");
        clock.set(START.plus(Duration.ofDays(365)));
        mesh.delete(CoreTypes.MESH_EXTERNAL_SERVICE.key(World.MESH, "a"));
        clock.set(START);

        restart();
        mesh.apply(outside("c"));
        pass(World.REST);

        assertThat(addressOf("c")).isEqualTo(first);
    }

    private World start() {
        World made = new World(store, ipam, clock::get);
        world = Optional.of(made);
        return made;
    }

    /// Nothing is written when an engine ends, so that this is as good as killing it.
    private void restart() {
        world.orElseThrow().engine.close();
        second = Optional.of(World.engine(store, ipam, clock::get));
    }

    private void pass(Duration time) {
        clock.updateAndGet(now -> now.plus(time));
    }

    private String addressOf(String name) {
        World mesh = world.orElseThrow();
        eventually(
                name + " has an address",
                () -> !mesh.vip(CoreTypes.MESH_EXTERNAL_SERVICE, name).isEmpty());
        return mesh.vip(CoreTypes.MESH_EXTERNAL_SERVICE, name);
    }

    private static String outside(String name) {
        return """
                type: MeshExternalService
                mesh: default
                name: %s
                spec:
                  match: {port: 443, protocol: tcp}
                  endpoints: [{address: 192.0.2.7, port: 443}]
                """.formatted(name);
    }
}
