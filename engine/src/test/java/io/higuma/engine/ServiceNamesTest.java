package io.higuma.engine;

import static io.higuma.engine.World.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.higuma.model.Cidr;
import io.higuma.model.Labels;
import io.higuma.model.Resource;
import io.higuma.model.core.Condition;
import io.higuma.model.core.CoreTypes;
import io.higuma.model.core.DataplaneSpec.InboundState;
import io.higuma.model.core.LabelSelector;
import io.higuma.model.core.MeshExternalServiceSpec;
import io.higuma.model.core.MeshMultiZoneServiceSpec;
import io.higuma.model.core.MeshMultiZoneServiceStatus;
import io.higuma.model.core.Protocol;
import io.higuma.model.core.ServiceStatus;
import io.higuma.store.InMemoryResourceStore;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/// Virtual addresses and host names of services.
class ServiceNamesTest {

    private static final Duration GRACE = Duration.ofSeconds(1);
    private static final Cidr TINY = Cidr.parse("241.7.0.0/30");

    private static InMemoryResourceStore store() {
        return new InMemoryResourceStore(() -> Instant.parse("2030-01-01T00:00:00Z"));
    }

    @Test
    void everyKindOfServiceGetsAnAddressOfItsRange() {
        try (World world = new World()) {
            server(world, "cart");
            world.put(CoreTypes.MESH_MULTI_ZONE_SERVICE, "carts", Map.of(), carts());
            world.put(CoreTypes.MESH_EXTERNAL_SERVICE, "bank", Map.of(), bank());

            eventually(
                    "the service has one",
                    () -> world.vip(CoreTypes.MESH_SERVICE, "cart").startsWith("241."));
            eventually(
                    "the service of several zones has one",
                    () -> world.vip(CoreTypes.MESH_MULTI_ZONE_SERVICE, "carts").startsWith("243."));
            eventually(
                    "the service outside has one",
                    () -> world.vip(CoreTypes.MESH_EXTERNAL_SERVICE, "bank").startsWith("242."));
            eventually(
                    "the service of several zones knows of what it is made",
                    () -> world.status(CoreTypes.MESH_MULTI_ZONE_SERVICE, "carts")
                            .map(MeshMultiZoneServiceStatus.class::cast)
                            .filter(status -> status.meshServices()
                                    .equals(List.of(
                                            new MeshMultiZoneServiceStatus.Matched(World.MESH, "cart", "", "default"))))
                            .isPresent());
            world.quiet();
        }
    }

    @Test
    void addressesSurviveARestartAndAreNotGivenTwice() {
        InMemoryResourceStore store = store();
        Set<String> given = new HashSet<>();
        MeshEngine second = null;
        try (World world = new World(store)) {
            for (int i = 0; i < 30; i++) {
                server(world, "s" + i);
            }
            for (int i = 0; i < 30; i++) {
                String name = "s" + i;
                eventually(
                        "it has an address",
                        () -> !world.vip(CoreTypes.MESH_SERVICE, name).isEmpty());
                given.add(world.vip(CoreTypes.MESH_SERVICE, name));
            }
            assertThat(given).hasSize(30);
            String before = world.vip(CoreTypes.MESH_SERVICE, "s7");
            world.engine.close();

            second = World.engine(store, Ipam.DEFAULT);
            server(world, "late");
            eventually(
                    "the late one has an address",
                    () -> !world.vip(CoreTypes.MESH_SERVICE, "late").isEmpty());
            assertThat(given).doesNotContain(world.vip(CoreTypes.MESH_SERVICE, "late"));
            assertThat(world.vip(CoreTypes.MESH_SERVICE, "s7")).isEqualTo(before);
            assertThat(second.faults()).isZero();
        } finally {
            if (second != null) {
                second.close();
            }
        }
    }

    @Test
    void aServiceThatIsWrittenAgainHasTheAddressItHad() {
        try (World world = new World(store(), new Ipam(Ipam.DEFAULT.meshService(), TINY, TINY))) {
            world.put(CoreTypes.MESH_EXTERNAL_SERVICE, "a", Map.of(), bank());
            eventually(
                    "it has an address",
                    () -> !world.vip(CoreTypes.MESH_EXTERNAL_SERVICE, "a").isEmpty());
            String before = world.vip(CoreTypes.MESH_EXTERNAL_SERVICE, "a");
            world.delete(CoreTypes.MESH_EXTERNAL_SERVICE.key(World.MESH, "a"));
            world.put(CoreTypes.MESH_EXTERNAL_SERVICE, "b", Map.of(), bank());
            eventually(
                    "another has the other one",
                    () -> !world.vip(CoreTypes.MESH_EXTERNAL_SERVICE, "b").isEmpty());
            assertThat(world.vip(CoreTypes.MESH_EXTERNAL_SERVICE, "b")).isNotEqualTo(before);

            world.put(CoreTypes.MESH_EXTERNAL_SERVICE, "a", Map.of(), bank());
            eventually(
                    "it has its own",
                    () -> world.vip(CoreTypes.MESH_EXTERNAL_SERVICE, "a").equals(before));
        }
    }

    @Test
    void aRangeThatIsTooSmallIsToldAndAFreedAddressGoesToWhoWaits() {
        try (World world = new World(store(), new Ipam(Ipam.DEFAULT.meshService(), TINY, TINY))) {
            world.put(CoreTypes.MESH_EXTERNAL_SERVICE, "a", Map.of(), bank());
            world.put(CoreTypes.MESH_EXTERNAL_SERVICE, "b", Map.of(), bank());
            eventually(
                    "both addresses are in use",
                    () -> !world.vip(CoreTypes.MESH_EXTERNAL_SERVICE, "a").isEmpty()
                            && !world.vip(CoreTypes.MESH_EXTERNAL_SERVICE, "b").isEmpty());
            world.put(CoreTypes.MESH_EXTERNAL_SERVICE, "c", Map.of(), bank());

            eventually(
                    "the third says why it has none",
                    () -> conditions(world, "c").stream()
                            .anyMatch(found -> found.reason().equals("RangeExhausted")
                                    && found.message().contains("ipam.meshExternalService.cidr")));
            String freed = world.vip(CoreTypes.MESH_EXTERNAL_SERVICE, "a");
            world.delete(CoreTypes.MESH_EXTERNAL_SERVICE.key(World.MESH, "a"));
            world.quiet();
            assertThat(world.vip(CoreTypes.MESH_EXTERNAL_SERVICE, "c"))
                    .as("callers of the old one may still remember its address")
                    .isEmpty();
            world.pass(GRACE);
            eventually(
                    "it gets the one that is free",
                    () -> world.vip(CoreTypes.MESH_EXTERNAL_SERVICE, "c").equals(freed)
                            && conditions(world, "c").isEmpty());
        }
    }

    @Test
    void aServiceThatComesBackFindsItsAddressAndOthersDoNotInheritIt() {
        try (World world = new World(store(), new Ipam(Ipam.DEFAULT.meshService(), Cidr.parse("241.7.0.0/28"), TINY))) {
            world.put(CoreTypes.MESH_EXTERNAL_SERVICE, "bank", Map.of(), bank());
            eventually(
                    "it has an address",
                    () -> !world.vip(CoreTypes.MESH_EXTERNAL_SERVICE, "bank").isEmpty());
            String before = world.vip(CoreTypes.MESH_EXTERNAL_SERVICE, "bank");
            world.delete(CoreTypes.MESH_EXTERNAL_SERVICE.key(World.MESH, "bank"));
            for (int i = 0; i < 12; i++) {
                String name = "other-" + i;
                world.put(CoreTypes.MESH_EXTERNAL_SERVICE, name, Map.of(), bank());
                eventually(
                        "the other has an address",
                        () -> !world.vip(CoreTypes.MESH_EXTERNAL_SERVICE, name).isEmpty());
                assertThat(world.vip(CoreTypes.MESH_EXTERNAL_SERVICE, name)).isNotEqualTo(before);
            }

            world.put(CoreTypes.MESH_EXTERNAL_SERVICE, "bank", Map.of(), bank());
            eventually(
                    "it has its address again",
                    () -> world.vip(CoreTypes.MESH_EXTERNAL_SERVICE, "bank").equals(before));
        }
    }

    @Test
    void anAddressOfAnOldRangeStaysAndIsTold() {
        InMemoryResourceStore store = store();
        try (World world = new World(store)) {
            world.put(CoreTypes.MESH_EXTERNAL_SERVICE, "bank", Map.of(), bank());
            eventually(
                    "it has an address",
                    () -> !world.vip(CoreTypes.MESH_EXTERNAL_SERVICE, "bank").isEmpty());
            String before = world.vip(CoreTypes.MESH_EXTERNAL_SERVICE, "bank");
            world.engine.close();

            try (MeshEngine later =
                    World.engine(store, new Ipam(Ipam.DEFAULT.meshService(), TINY, Ipam.DEFAULT.meshService()))) {
                eventually(
                        "it says that it is of another range",
                        () -> conditions(world, "bank").stream()
                                .anyMatch(found -> found.reason().equals("OutsideOfRange")));
                assertThat(world.vip(CoreTypes.MESH_EXTERNAL_SERVICE, "bank")).isEqualTo(before);
                assertThat(later.faults()).isZero();
            }
        }
    }

    @Test
    void aGeneratorNamesWhatItSelectsAndTheNamesGoWithIt() {
        try (World world = new World()) {
            server(world, "cart");
            world.names("local", "{{ .DisplayName }}.svc.mesh.local", Map.of());
            world.names("zonal", "{{ .DisplayName }}.{{ .Zone }}.{{ label \"kuma.io/env\" }}", Map.of());
            world.names("other", "never.mesh", Map.of("team", "nobody"));

            eventually(
                    "the service has both names",
                    () -> world.hostnames("cart").equals(List.of("cart.svc.mesh.local", "cart.default.universal")));

            world.delete(CoreTypes.HOSTNAME_GENERATOR.key("", "local"));
            eventually("one is gone", () -> world.hostnames("cart").equals(List.of("cart.default.universal")));
            server(world, "web");
            eventually("a new service is named", () -> world.hostnames("web").equals(List.of("web.default.universal")));
            world.quiet();
        }
    }

    @Test
    void aNameBelongsToOneAndTheOtherSaysSoUntilItIsFree() {
        try (World world = new World()) {
            server(world, "cart");
            eventually(
                    "cart is there",
                    () -> !world.vip(CoreTypes.MESH_SERVICE, "cart").isEmpty());
            server(world, "shop");
            eventually(
                    "shop is there",
                    () -> !world.vip(CoreTypes.MESH_SERVICE, "shop").isEmpty());
            world.names("same", "the.mesh", Map.of());

            eventually("one has the name", () -> world.hostnames("cart").equals(List.of("the.mesh")));
            eventually(
                    "the other says who",
                    () -> world.status(CoreTypes.MESH_SERVICE, "shop").stream()
                            .flatMap(status -> status.hostnameGenerators().stream())
                            .flatMap(generator -> generator.conditions().stream())
                            .anyMatch(found -> found.reason().equals("Collision")
                                    && found.message().contains("MeshService cart")));
            assertThat(world.hostnames("shop")).isEmpty();

            world.delete(World.key("cart-1"));
            world.delete(CoreTypes.MESH_SERVICE.key(World.MESH, "cart"));
            eventually(
                    "the name rests",
                    () -> world.status(CoreTypes.MESH_SERVICE, "shop").stream()
                            .flatMap(status -> status.hostnameGenerators().stream())
                            .flatMap(generator -> generator.conditions().stream())
                            .anyMatch(found -> found.reason().equals("Resting")
                                    && found.message().contains("the.mesh belonged to MeshService cart")
                                    && found.message().contains("ipam.gracePeriod")));
            assertThat(world.hostnames("shop"))
                    .as("callers of the old one may still remember its name")
                    .isEmpty();
            world.pass(GRACE);
            eventually("the other gets it", () -> world.hostnames("shop").equals(List.of("the.mesh")));
        }
    }

    @Test
    void theNameOfAServiceThatIsGoneGoesToAServiceOfItsNameAtOnce() {
        try (World world = new World()) {
            world.names("same", "the.mesh", Map.of());
            world.apply(RoutedTest.FRONT);
            eventually("front has the name", () -> world.hostnames("front").equals(List.of("the.mesh")));
            server(world, "shop");
            eventually(
                    "shop is there",
                    () -> !world.vip(CoreTypes.MESH_SERVICE, "shop").isEmpty());
            world.delete(CoreTypes.MESH_SERVICE.key(World.MESH, "front"));
            world.quiet();

            world.apply(RoutedTest.FRONT);

            eventually("it has its name again", () -> world.hostnames("front").equals(List.of("the.mesh")));
            assertThat(world.hostnames("shop")).isEmpty();
        }
    }

    @Test
    void aServiceWrittenByHandKeepsItsNameAndSaysWhichWorkloadIsLeftWithoutOne() {
        try (World world = new World()) {
            world.apply(RoutedTest.FRONT);
            eventually(
                    "it has an address",
                    () -> !world.vip(CoreTypes.MESH_SERVICE, "front").isEmpty());

            server(world, "front");

            eventually("it says so", () -> isShared(world));
            assertThat(world.store
                            .get(CoreTypes.MESH_SERVICE.key(World.MESH, "front"))
                            .orElseThrow()
                            .labels()
                            .value(Labels.MANAGED_BY))
                    .as("it is the one that was written")
                    .isEmpty();
            world.apply(RoutedTest.FRONT.replace("app: front", "kuma.io/workload: front"));
            eventually("it selects them", () -> !isShared(world));
        }
    }

    private static boolean isShared(World world) {
        return world.status(CoreTypes.MESH_SERVICE, "front").stream()
                .flatMap(status -> status.conditions().stream())
                .anyMatch(found -> found.type().equals(Generator.SHARED)
                        && found.message().startsWith("1 dataplanes with the label kuma.io/workload: front"));
    }

    @Test
    void ofTwoServicesWithOneAddressTheFirstKeepsItAndTheOtherGetsAnother() {
        try (World world = new World()) {
            world.put(CoreTypes.MESH_EXTERNAL_SERVICE, "a", Map.of(), bank());
            eventually(
                    "it has an address",
                    () -> !world.vip(CoreTypes.MESH_EXTERNAL_SERVICE, "a").isEmpty());
            Resource first = world.store
                    .get(CoreTypes.MESH_EXTERNAL_SERVICE.key(World.MESH, "a"))
                    .orElseThrow();
            String address = world.vip(CoreTypes.MESH_EXTERNAL_SERVICE, "a");

            // as after a store was put together from two
            world.put(new Resource(
                    first.type(),
                    CoreTypes.MESH_EXTERNAL_SERVICE.key(World.MESH, "b"),
                    first.meta(),
                    first.spec(),
                    first.status()));

            eventually(
                    "the other has another one",
                    () -> !List.of("", address).contains(world.vip(CoreTypes.MESH_EXTERNAL_SERVICE, "b")));
            assertThat(world.vip(CoreTypes.MESH_EXTERNAL_SERVICE, "a")).isEqualTo(address);
        }
    }

    @Test
    void aTemplateThatCannotBeRenderedIsTold() {
        try (World world = new World()) {
            server(world, "cart");
            world.names("spaces", "{{ .DisplayName }}.{{ .Namespace }}.mesh", Map.of());
            world.names("labels", "{{ label \"team\" }}.mesh", Map.of());

            eventually(
                    "both reasons are told",
                    () -> world.status(CoreTypes.MESH_SERVICE, "cart").stream()
                            .flatMap(status -> status.hostnameGenerators().stream())
                            .flatMap(generator -> generator.conditions().stream())
                            .map(Condition::message)
                            .toList()
                            .equals(List.of("there is no label team", ".Namespace has no value here")));
            assertThat(world.hostnames("cart")).isEmpty();
        }
    }

    private static List<Condition> conditions(World world, String name) {
        return world.status(CoreTypes.MESH_EXTERNAL_SERVICE, name)
                .map(ServiceStatus::conditions)
                .orElse(List.of());
    }

    private static void server(World world, String workload) {
        world.put(World.dataplane(workload + "-1", workload, "127.0.0.9", List.of(), InboundState.READY));
    }

    private static MeshMultiZoneServiceSpec carts() {
        return new MeshMultiZoneServiceSpec(
                new MeshMultiZoneServiceSpec.Selector(new LabelSelector(Map.of(Labels.DISPLAY_NAME, "cart"))),
                List.of(new MeshMultiZoneServiceSpec.Port(Optional.empty(), 8080, Protocol.HTTP)));
    }

    private static MeshExternalServiceSpec bank() {
        return new MeshExternalServiceSpec(
                new MeshExternalServiceSpec.Match(
                        MeshExternalServiceSpec.MatchType.HOSTNAME_GENERATOR, 443, Protocol.TCP),
                Optional.empty(),
                List.of(new MeshExternalServiceSpec.Endpoint("192.0.2.7", 443, Optional.empty())),
                Optional.empty());
    }
}
