package io.higuma.engine;

import io.higuma.envoy.CompileException;
import io.higuma.model.Kri;
import io.higuma.model.Resource;
import io.higuma.model.ResourceKey;
import io.higuma.model.ResourceType;
import io.higuma.model.Sni;
import io.higuma.model.VirtualAddresses;
import io.higuma.model.collect.PersistentMap;
import io.higuma.model.core.CoreTypes;
import io.higuma.model.core.DataplaneSpec;
import io.higuma.model.core.MeshServiceSpec;
import io.higuma.model.core.ServiceSpec;
import io.higuma.model.core.ServiceSpec.ServicePort;
import io.higuma.model.core.ServiceStatus;
import io.higuma.model.snapshot.MeshImage;
import io.higuma.model.snapshot.ServiceRef;
import io.higuma.model.target.RouteBackendRef;
import io.higuma.policy.Backend;
import io.higuma.policy.Destination;
import io.higuma.policy.Destination.Place;
import io.higuma.policy.HostName;
import io.higuma.policy.Outside;
import io.higuma.policy.RouteBackends;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/// What proxies may call. Proxies of equal reach share one list, which is made once after a service has changed. Safe
/// for all threads.
final class Destinations {

    private static final List<String> KINDS =
            CoreTypes.SERVICES.stream().map(ResourceType::name).toList();
    private static final Comparator<Destination> PLACE =
            Comparator.comparing(Destination::address).thenComparingInt(Destination::port);

    /// @param list sorted by address and port of the listeners
    /// @param called the MeshServices behind them, and whether with mutual TLS
    /// @param names what the services are called, where they have virtual addresses
    record Callable(List<Destination> list, Map<ResourceKey, Boolean> called, List<HostName> names) {

        static Callable of(MeshImage mesh, List<Destination> found, List<HostName> names) {
            List<Destination> sorted = new ArrayList<>(found);
            sorted.sort(PLACE);
            Map<ResourceKey, Boolean> called = new TreeMap<>();
            for (Destination to : sorted) {
                mesh.get(to.service().type(), to.service().name()).stream()
                        .flatMap(service -> Backends.of(mesh, service).stream())
                        .forEach(backend -> called.merge(backend.key(), to.tls().isPresent(), (a, b) -> a && b));
            }
            return new Callable(List.copyOf(sorted), Map.copyOf(called), List.copyOf(names));
        }
    }

    private record Wish(Reach reach, boolean identified) {}

    /// What was made from one state of a mesh's services.
    ///
    /// @param before what was made from the state before it: what is still equal stays the same
    /// object, so that what was made of it is still good
    private record Made(
            List<PersistentMap<String, Resource>> from,
            ConcurrentMap<Wish, Callable> callable,
            Map<Wish, Callable> before) {

        static Made after(@Nullable Made old, MeshImage mesh) {
            return new Made(
                    KINDS.stream().map(mesh::named).toList(),
                    new ConcurrentHashMap<>(),
                    old == null ? Map.of() : old.callable());
        }

        Callable earlier(Wish wish, Callable fresh) {
            Callable known = before.get(wish);
            return known != null && known.equals(fresh) ? known : fresh;
        }

        boolean isOf(MeshImage mesh) {
            return IntStream.range(0, KINDS.size()).allMatch(kind -> from.get(kind) == mesh.named(KINDS.get(kind)));
        }
    }

    private final ConcurrentMap<String, Made> byMesh = new ConcurrentHashMap<>();

    /// @param identified whether the caller has an identity, without which there is no mutual TLS
    Callable of(MeshImage mesh, Reach reach, boolean identified) {
        Made made =
                byMesh.compute(mesh.name(), (name, old) -> old != null && old.isOf(mesh) ? old : Made.after(old, mesh));
        return made.callable().computeIfAbsent(new Wish(reach, identified), wish -> {
            Callable fresh = switch (reach) {
                case Reach.ByHand given -> Callable.of(mesh, byHand(mesh, given, identified), List.of());
                case Reach.Virtual virtual -> virtual(mesh, virtual, identified);
            };
            return made.earlier(wish, fresh);
        });
    }

    /// Whether a proxy with an identity would call anybody with mutual TLS.
    boolean anyTls(MeshImage mesh, Reach reach) {
        return switch (reach) {
            case Reach.ByHand given ->
                given.outbounds().stream()
                        .flatMap(outbound -> mesh.services(ServiceRef.of(outbound.backendRef())).stream())
                        .anyMatch(service -> isReady(mesh, service));
            case Reach.Virtual virtual -> of(mesh, virtual, true).called().containsValue(true);
        };
    }

    /// Forgets meshes that are gone.
    void retain(Collection<String> meshes) {
        byMesh.keySet().retainAll(meshes);
    }

    private static List<Destination> byHand(MeshImage mesh, Reach.ByHand reach, boolean identified) {
        List<Destination> found = new ArrayList<>();
        for (DataplaneSpec.Outbound outbound : reach.outbounds()) {
            Optional<Integer> wanted = outbound.backendRef().port();
            mesh.services(ServiceRef.of(outbound.backendRef())).stream()
                    .filter(service -> KINDS.contains(service.key().type()))
                    .findFirst()
                    .flatMap(service -> ports(service).stream()
                            .filter(port -> wanted.isEmpty() || wanted.get().equals(port.port()))
                            .findFirst()
                            .map(port -> destination(
                                    mesh,
                                    service,
                                    port,
                                    Place.bound(outbound.addressOrLoopback(), outbound.port()),
                                    identified)))
                    .ifPresent(found::add);
        }
        return found;
    }

    private static Callable virtual(MeshImage mesh, Reach.Virtual reach, boolean identified) {
        List<Destination> found = new ArrayList<>();
        Set<Object> places = new HashSet<>();
        for (Resource service : services(mesh, reach)) {
            List<String> addresses = service.status(ServiceStatus.class)
                    .map(status ->
                            status.vips().stream().map(ServiceStatus.Vip::ip).toList())
                    .orElse(List.of());
            for (ServicePort port : ports(service)) {
                if (reach.only()
                        .map(limits -> limits.stream().noneMatch(limit -> covers(limit, service, port)))
                        .orElse(false)) {
                    continue;
                }
                place(addresses, port.port(), reach)
                        .filter(place -> !identified || isCallable(mesh, service, port))
                        .filter(place -> places.add(Map.entry(place.address(), place.port())))
                        .ifPresent(place -> found.add(destination(mesh, service, port, place, identified)));
            }
        }
        return Callable.of(mesh, found, names(mesh, found));
    }

    /// What the services are called. An IPv6 twin goes with every address, whether or not IPv6 is redirected: some
    /// resolvers take "no such address" for "no such name".
    private static List<HostName> names(MeshImage mesh, List<Destination> found) {
        Map<String, HostName> names = new TreeMap<>();
        Set<ResourceKey> services = new HashSet<>();
        for (Destination to : found) {
            if (services.add(to.service())) {
                List<String> addresses = new ArrayList<>(List.of(to.address()));
                VirtualAddresses.twin(to.address()).ifPresent(addresses::add);
                mesh.get(to.service().type(), to.service().name())
                        .flatMap(service -> service.status(ServiceStatus.class))
                        .ifPresent(status -> status.addresses()
                                .forEach(name ->
                                        names.putIfAbsent(name.hostname(), new HostName(name.hostname(), addresses))));
            }
        }
        return List.copyOf(names.values());
    }

    /// A service whose names are too long for a server name is left out: one bad name must not stop all proxies.
    private static boolean isCallable(MeshImage mesh, Resource service, ServicePort port) {
        return !isReady(mesh, service)
                || Sni.of(Kri.of(service).withSection(port.section())).isPresent();
    }

    private static Collection<Resource> services(MeshImage mesh, Reach.Virtual reach) {
        if (reach.only().isEmpty()) {
            return KINDS.stream().flatMap(kind -> mesh.all(kind).stream()).toList();
        }
        Map<ResourceKey, Resource> found = new TreeMap<>();
        reach.only()
                .get()
                .forEach(limit -> mesh.services(limit.ref()).forEach(service -> found.put(service.key(), service)));
        return found.values();
    }

    private static boolean covers(Reach.Limit limit, Resource service, ServicePort port) {
        return limit.port().map(number -> number == port.port()).orElse(true)
                && limit.ref().leadsTo(service);
    }

    /// Where a service is called: its first address, the others as twins. What is bound must be a loopback address.
    private static Optional<Place> place(List<String> addresses, int port, Reach.Virtual reach) {
        List<String> usable = new ArrayList<>();
        for (String address : addresses) {
            if (!reach.bound() || address.startsWith("127.")) {
                usable.add(address);
                if (reach.twins()) {
                    VirtualAddresses.twin(address).ifPresent(usable::add);
                }
            }
        }
        return usable.isEmpty()
                ? Optional.empty()
                : Optional.of(new Place(usable.getFirst(), usable.subList(1, usable.size()), port, reach.bound()));
    }

    private static List<ServicePort> ports(Resource service) {
        return ((ServiceSpec) service.spec()).callable();
    }

    /// Whether everything behind a service is called with mutual TLS.
    private static boolean isReady(MeshImage mesh, Resource service) {
        List<Resource> backends = Backends.of(mesh, service);
        return !backends.isEmpty() && backends.stream().allMatch(Views::tlsReady);
    }

    private static Destination destination(
            MeshImage mesh, Resource service, ServicePort port, Place place, boolean identified) {
        return Destination.of(backend(mesh, service, port, identified), place);
    }

    private static Backend backend(MeshImage mesh, Resource service, ServicePort port, boolean identified) {
        Kri kri = Kri.of(service).withSection(port.section());
        return new Backend(
                service.key(),
                service.labels(),
                kri,
                new Destination.Port(port.section(), port.port(), port.protocol()),
                identified && isReady(mesh, service) ? Optional.of(tls(mesh, service, kri)) : Optional.empty(),
                Outside.of(service));
    }

    /// What the references of routes lead to; one that leads nowhere is not in it.
    static Map<RouteBackendRef, Backend> backends(
            MeshImage mesh, Collection<RouteBackendRef> refs, boolean identified) {
        Map<RouteBackendRef, Backend> found = new HashMap<>();
        for (RouteBackendRef ref : refs) {
            resolve(mesh, ref, identified).ifPresent(backend -> found.put(ref.withoutWeight(), backend));
        }
        return found;
    }

    /// What a reference of a route leads to; empty if nowhere.
    static Optional<Backend> resolve(MeshImage mesh, RouteBackendRef ref, boolean identified) {
        return RouteBackends.service(mesh.candidates(ref), ref)
                .filter(service -> KINDS.contains(service.key().type()))
                .flatMap(service -> RouteBackends.port(ports(service), ref)
                        .filter(port -> !identified || isCallable(mesh, service, port))
                        .map(port -> backend(mesh, service, port, identified)));
    }

    private static Destination.UpstreamTls tls(MeshImage mesh, Resource service, Kri kri) {
        String sni = Sni.of(kri)
                .orElseThrow(() -> new CompileException(
                        Kri.of(service).toString(),
                        service.key() + " has names that are too long for a server name (253 characters)"));
        List<String> ids = Backends.of(mesh, service).stream()
                .flatMap(backend -> backend.spec(MeshServiceSpec.class).identities().stream())
                .map(MeshServiceSpec.Identity::value)
                .distinct()
                .sorted()
                .toList();
        return new Destination.UpstreamTls(sni, ids);
    }
}
