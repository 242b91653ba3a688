package io.higuma.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.higuma.model.Cidr;
import io.higuma.model.Resource;
import io.higuma.model.ResourceKey;
import io.higuma.model.core.CoreTypes;
import io.higuma.model.core.ServiceStatus;
import io.higuma.store.InMemoryResourceStore;
import io.higuma.store.ResourceStore;
import io.higuma.store.Revision;
import io.higuma.store.StoreUnavailableException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Services of all kinds come and go, and so does the control plane: what a service has stays with it while it is
/// there,
/// and goes to no other before it has rested. Told by the log, which has everything that anybody was ever told.
class NeverTwicePropertyTest {

    private static final int STEPS = 120;
    /// Fewer addresses than services come and go, and as many as there can be at a time.
    private static final Cidr SMALL = Cidr.parse("241.7.0.0/28");

    private final AtomicReference<Instant> clock = new AtomicReference<>(Instant.parse("2030-01-01T00:00:00Z"));
    private final InMemoryResourceStore store = new InMemoryResourceStore(clock::get);
    private final Ipam ipam = new Ipam(SMALL, SMALL, SMALL);

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 77, 162, 260})
    void whatAServiceHasIsItsOwnUntilItHasRested(long seed) {
        Random random = new Random(seed);
        World world = new World(store, ipam, clock::get);
        world.engine.close(); // the mesh is there, and nothing under way
        Life life = new Life();
        try {
            for (String kind : List.of("meshService", "meshExternalService", "meshMultiZoneService")) {
                world.apply(generator(kind, "one", "shared.mesh"));
                world.apply(generator(kind, "each", "{{ .DisplayName }}.mesh"));
            }
            for (int step = 0; step < STEPS; step++) {
                ResourceKey key = key(random);
                switch (random.nextInt(8)) {
                    case 0, 1, 2 -> {
                        if (store.get(key).isEmpty()) {
                            world.apply(document(key));
                        }
                    }
                    case 3, 4 -> world.delete(key);
                    case 5 -> clock.updateAndGet(now -> now.plusMillis(random.nextInt(150)));
                    case 6 -> life.engine.proxies(); // it has done all that it had heard of
                    default -> {
                        life.end();
                        life = new Life();
                    }
                }
            }
            World.eventually("time goes on, and every service gets an address", () -> {
                clock.updateAndGet(now -> now.plusMillis(1));
                return services().stream()
                        .allMatch(service -> held(service).stream().anyMatch(has -> has.startsWith("241.")));
            });
            World.eventually("somebody gets the name that all want", () -> {
                clock.updateAndGet(now -> now.plusMillis(1));
                return services().isEmpty()
                        || services().stream().anyMatch(service -> held(service).contains("shared.mesh"));
            });
            assertThat(life.engine.faults()).isZero();
        } finally {
            life.end();
            world.close();
        }
        check(log());
    }

    /// A control plane as a process of its own: once it was killed it writes nothing, whatever it was at.
    private final class Life {
        private final AtomicBoolean over = new AtomicBoolean();
        private final MeshEngine engine = World.engine(
                (ResourceStore) Proxy.newProxyInstance(
                        ResourceStore.class.getClassLoader(),
                        new Class<?>[] {ResourceStore.class},
                        (proxy, method, arguments) -> ask(method, arguments)),
                ipam,
                clock::get);

        private Object ask(Method method, Object[] arguments) throws Throwable {
            synchronized (store) {
                if (over.get()) {
                    throw new StoreUnavailableException("killed", new IllegalStateException("killed"));
                }
                try {
                    return method.invoke(store, arguments);
                } catch (InvocationTargetException e) {
                    throw e.getCause();
                }
            }
        }

        void end() {
            synchronized (store) {
                over.set(true);
            }
            engine.close();
        }
    }

    private List<Resource> services() {
        return CoreTypes.SERVICES.stream()
                .flatMap(type -> store.list(type.name()).stream())
                .toList();
    }

    /// Everything that was ever written of services, in order.
    private List<Revision> log() {
        List<Revision> all = new ArrayList<>();
        for (ResourceKey key : keys()) {
            all.addAll(store.history(key, Integer.MAX_VALUE));
        }
        all.sort(Comparator.comparingLong(Revision::number));
        return all;
    }

    /// @param left when it was removed; empty while it is there
    private record Holder(ResourceKey service, Optional<Instant> left) {

        boolean leaves(String has, ResourceKey next, Instant when) {
            // an address goes back to its service, a name to a service of that name
            boolean heir =
                    has.startsWith("241.") ? next.equals(service) : next.name().equals(service.name());
            return next.equals(service)
                    || left.filter(gone -> heir || !when.isBefore(gone.plus(World.REST)))
                            .isPresent();
        }
    }

    private static void check(List<Revision> log) {
        Map<String, Holder> holders = new HashMap<>();
        Map<ResourceKey, Set<String>> now = new HashMap<>();
        for (Revision revision : log) {
            Set<String> before = now.getOrDefault(revision.key(), Set.of());
            Set<String> after =
                    revision.resource().map(NeverTwicePropertyTest::held).orElse(Set.of());
            if (revision.resource().isPresent()) {
                assertThat(after).as("%s keeps what it has", revision.key()).containsAll(before);
            }
            for (String has : after) {
                Holder holder = holders.get(has);
                assertThat(holder == null || holder.leaves(has, revision.key(), revision.time()))
                        .as("%s of %s for %s at %s", has, holder, revision.key(), revision.time())
                        .isTrue();
                holders.put(has, new Holder(revision.key(), Optional.empty()));
            }
            if (revision.resource().isEmpty()) {
                before.forEach(has -> holders.put(has, new Holder(revision.key(), Optional.of(revision.time()))));
            }
            now.put(revision.key(), after);
        }
    }

    private static Set<String> held(Resource service) {
        return service.status(ServiceStatus.class).stream()
                .flatMap(status -> Stream.concat(
                        status.vips().stream().map(ServiceStatus.Vip::ip),
                        status.addresses().stream().map(ServiceStatus.Address::hostname)))
                .collect(Collectors.toCollection(HashSet::new));
    }

    private static List<ResourceKey> keys() {
        return CoreTypes.SERVICES.stream()
                .flatMap(type -> Stream.of("a", "b", "c", "d").map(name -> type.key(World.MESH, name)))
                .toList();
    }

    private static ResourceKey key(Random random) {
        return keys().get(random.nextInt(keys().size()));
    }

    private static String generator(String kind, String name, String template) {
        return """
                type: HostnameGenerator
                name: %s-%s
                spec: {selector: {%s: {matchLabels: {}}}, template: "%s"}
                """.formatted(name, kind.toLowerCase(Locale.ROOT), kind, template);
    }

    private static String document(ResourceKey key) {
        String spec = switch (key.type()) {
            case "MeshExternalService" ->
                "{match: {port: 443, protocol: tcp}, endpoints: [{address: 192.0.2.7, port: 443}]}";
            case "MeshMultiZoneService" ->
                "{selector: {meshService: {matchLabels: {kuma.io/display-name: " + key.name()
                        + "}}}, ports: [{port: 80, appProtocol: http}]}";
            default ->
                "{selector: {dataplaneLabels: {matchLabels: {app: " + key.name()
                        + "}}}, ports: [{port: 80, appProtocol: http}]}";
        };
        return "type: " + key.type() + "\nmesh: " + key.mesh() + "\nname: " + key.name() + "\nspec: " + spec + "\n";
    }
}
