package io.higuma.engine;

import static io.higuma.engine.World.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.higuma.model.core.CoreTypes;
import io.higuma.model.core.DataplaneSpec.InboundState;
import io.higuma.model.core.ServiceStatus;
import io.higuma.store.InMemoryResourceStore;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// A duty that is switched off is somebody else's: what is stored stays as it is.
class DutiesTest {

    private static final String BY_HAND = """
            type: MeshService
            mesh: default
            name: by-hand
            spec:
              selector: {dataplaneLabels: {matchLabels: {kuma.io/workload: cart}}}
              ports: [{port: 8080, appProtocol: http}]
            """;

    private static World world(EngineSettings.Duties duties) {
        return new World(new InMemoryResourceStore(() -> Instant.parse("2030-01-01T00:00:00Z")), Ipam.DEFAULT, duties);
    }

    @Test
    void withoutServicesAndWorkloadsNoneAreMadeAndOthersAreLookedAfter() {
        try (World world = world(new EngineSettings.Duties(false, false, true, true, true, true))) {
            world.apply(BY_HAND);
            cart(world);

            eventually(
                    "a service by hand has an address",
                    () -> !world.vip(CoreTypes.MESH_SERVICE, "by-hand").isEmpty());
            world.quiet();
            assertThat(status(world, "cart")).isEmpty();
            assertThat(world.store.get(CoreTypes.WORKLOAD.key(World.MESH, "cart")))
                    .isEmpty();
        }
    }

    @Test
    void withoutAddressesAndNamesThereAreNone() {
        try (World world = world(new EngineSettings.Duties(true, true, false, false, true, true))) {
            world.names("plain", "{{ .DisplayName }}.mesh", Map.of());
            cart(world);

            eventually("the service is made", () -> status(world, "cart").isPresent());
            world.quiet();
            assertThat(status(world, "cart").orElseThrow().vips()).isEmpty();
            assertThat(world.hostnames("cart")).isEmpty();
        }
    }

    @Test
    void withoutStatusThereAreAddressesAndNothingElse() {
        try (World world = world(new EngineSettings.Duties(true, true, true, true, false, false))) {
            world.identity();
            world.apply(BY_HAND);
            cart(world);
            world.connect("cart-1");

            eventually(
                    "the service is made",
                    () -> !world.vip(CoreTypes.MESH_SERVICE, "cart").isEmpty());
            eventually(
                    "the other has an address",
                    () -> !world.vip(CoreTypes.MESH_SERVICE, "by-hand").isEmpty());
            world.quiet();
            assertThat(world.tlsReady("cart")).isFalse();
            assertThat(world.tlsReady("by-hand")).isFalse();
        }
    }

    private static void cart(World world) {
        world.put(World.dataplane("cart-1", "cart", "127.0.0.9", List.of(), InboundState.READY));
    }

    private static Optional<ServiceStatus> status(World world, String service) {
        return world.status(CoreTypes.MESH_SERVICE, service);
    }
}
