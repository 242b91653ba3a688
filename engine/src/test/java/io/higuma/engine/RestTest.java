package io.higuma.engine;

import static io.higuma.engine.World.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.higuma.model.Cidr;
import io.higuma.model.Labels;
import io.higuma.model.Resource;
import io.higuma.model.ResourceMeta;
import io.higuma.model.core.Condition;
import io.higuma.model.core.CoreTypes;
import io.higuma.model.core.DataplaneSpec.InboundState;
import io.higuma.model.core.LabelSelector;
import io.higuma.model.core.MeshMultiZoneServiceSpec;
import io.higuma.model.core.ServiceStatus;
import io.higuma.model.snapshot.ResourceChange;
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

    @Test
    void aServiceThatWasWrittenJustBeforeAKillTakesNoAddressFromOneThatIsThere() {
        World mesh = start();
        mesh.apply(RoutedTest.FRONT.replace("front", "bc0k"));
        eventually(
                "it has an address",
                () -> !mesh.vip(CoreTypes.MESH_SERVICE, "bc0k").isEmpty());
        String before = mesh.vip(CoreTypes.MESH_SERVICE, "bc0k");

        // When one of the same hash, and the first by name, was stored and nothing was found out about it
        mesh.engine.close();
        mesh.apply(RoutedTest.FRONT.replace("front", "bank"));
        second = Optional.of(World.engine(store, ipam, clock::get));

        eventually(
                "it has another address",
                () -> !List.of("", before).contains(mesh.vip(CoreTypes.MESH_SERVICE, "bank")));
        assertThat(mesh.vip(CoreTypes.MESH_SERVICE, "bc0k")).isEqualTo(before);
    }

    @Test
    void aNameThatCameBackToItsServiceStaysThereThoughAnOlderOneWaits() {
        World mesh = start();
        mesh.names("same", "the.mesh", Map.of());
        mesh.apply(RoutedTest.FRONT);
        eventually("front has the name", () -> mesh.hostnames("front").contains("the.mesh"));
        mesh.put(World.dataplane("shop-1", "shop", "127.0.0.9", List.of(), InboundState.READY));
        eventually("shop does not", () -> says(mesh, "shop", "the.mesh belongs to MeshService front"));
        mesh.delete(CoreTypes.MESH_SERVICE.key(World.MESH, "front"));
        eventually("it rests", () -> says(mesh, "shop", "the.mesh belonged to MeshService front"));
        pass(Duration.ofMillis(1)); // the new one is younger than shop
        mesh.apply(RoutedTest.FRONT);
        eventually("front has it again", () -> mesh.hostnames("front").contains("the.mesh"));

        pass(World.REST);

        eventually("shop is told so", () -> says(mesh, "shop", "the.mesh belongs to MeshService front"));
        assertThat(mesh.hostnames("front")).contains("the.mesh");
        restart();
        mesh.names("each", "{{ .DisplayName }}.mesh", Map.of());
        eventually("all is found out anew", () -> mesh.hostnames("shop").contains("shop.mesh"));
        assertThat(mesh.hostnames("shop")).doesNotContain("the.mesh");
        assertThat(mesh.hostnames("front")).contains("the.mesh");
    }

    @Test
    void whoWaitsForAnAddressWaitsForOneOfItsRange() {
        AddressBook book = new AddressBook(new Ipam(Ipam.DEFAULT.meshService(), TINY, TINY), World.REST, clock::get);
        Resource gone = service("gone");
        book.follow(new ResourceChange(gone.key(), Optional.of(having(gone, "243.0.0.9")), Optional.empty()));
        pass(World.REST);
        Resource first = service("a");
        String vip = book.allot(first).vips().getFirst().ip();
        book.allot(service("b"));

        assertThat(book.allot(service("c")).vips()).isEmpty();

        assertThat(book.nextRest()).as("nothing comes of trying again").isEmpty();
        book.follow(new ResourceChange(first.key(), Optional.of(having(first, vip)), Optional.empty()));
        book.allot(service("c"));
        assertThat(book.nextRest()).contains(World.REST);
    }

    @Test
    void theNameOfAServiceThatWasNeverMadeIsFree() {
        HostNames names = new HostNames(World.REST, clock::get);
        World mesh = start();
        mesh.apply("""
                type: HostnameGenerator
                name: same
                spec: {selector: {meshMultiZoneService: {matchLabels: {}}}, template: the.mesh}
                """);
        eventually(
                "it is known",
                () -> mesh.engine
                        .snapshot()
                        .get(CoreTypes.HOSTNAME_GENERATOR.key("", "same"))
                        .isPresent());
        names.follow(put(store.list("HostnameGenerator").getFirst()), mesh.engine.snapshot());
        Resource other = service("other");

        assertThat(names.of(service("planned")).addresses()).hasSize(1);
        names.follow(put(other), mesh.engine.snapshot());
        assertThat(names.of(other).addresses()).as("it is given already").isEmpty();

        assertThat(names.forget(service("planned").key())).containsExactly(other.key());
        assertThat(names.of(other).addresses()).hasSize(1);
    }

    private static List<ResourceChange> put(Resource resource) {
        return List.of(new ResourceChange(resource.key(), Optional.empty(), Optional.of(resource)));
    }

    private static Resource service(String name) {
        return new Resource(
                CoreTypes.MESH_MULTI_ZONE_SERVICE,
                CoreTypes.MESH_MULTI_ZONE_SERVICE.key(World.MESH, name),
                ResourceMeta.unstored(Labels.NONE),
                new MeshMultiZoneServiceSpec(
                        new MeshMultiZoneServiceSpec.Selector(new LabelSelector(Map.of())), List.of()),
                Optional.empty());
    }

    private static Resource having(Resource service, String vip) {
        return service.withStatus(ServiceStatus.empty(service.spec(MeshMultiZoneServiceSpec.class))
                .withVips(List.of(new ServiceStatus.Vip(vip)), List.of()));
    }

    private static boolean says(World mesh, String service, String words) {
        return mesh.status(CoreTypes.MESH_SERVICE, service).stream()
                .flatMap(status -> status.hostnameGenerators().stream())
                .flatMap(generator -> generator.conditions().stream())
                .map(Condition::message)
                .anyMatch(message -> message.contains(words));
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
