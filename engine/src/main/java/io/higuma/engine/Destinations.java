package io.higuma.engine;

import io.higuma.envoy.CompileException;
import io.higuma.model.Kri;
import io.higuma.model.Resource;
import io.higuma.model.ResourceKey;
import io.higuma.model.Sni;
import io.higuma.model.VirtualAddresses;
import io.higuma.model.collect.PersistentMap;
import io.higuma.model.core.CoreTypes;
import io.higuma.model.core.DataplaneSpec;
import io.higuma.model.core.MeshServiceSpec;
import io.higuma.model.core.MeshServiceStatus;
import io.higuma.model.core.ServiceStatus;
import io.higuma.model.snapshot.MeshImage;
import io.higuma.model.snapshot.ServiceRef;
import io.higuma.model.target.RouteBackendRef;
import io.higuma.policy.Backend;
import io.higuma.policy.Destination;
import io.higuma.policy.Destination.Place;
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

/// What proxies may call. Proxies of equal reach share one list, which is made once after a service has changed. Safe
/// for all threads.
final class Destinations {

    private static final Comparator<Destination> PLACE =
            Comparator.comparing(Destination::address).thenComparingInt(Destination::port);

    /// @param list sorted by address and port of the listeners
    /// @param called the services, and whether with mutual TLS
    record Callable(List<Destination> list, Map<ResourceKey, Boolean> called) {

        static Callable of(List<Destination> found) {
            List<Destination> sorted = new ArrayList<>(found);
            sorted.sort(PLACE);
            Map<ResourceKey, Boolean> called = new TreeMap<>();
            sorted.forEach(to -> called.merge(to.service(), to.tls().isPresent(), (a, b) -> a && b));
            return new Callable(List.copyOf(sorted), Map.copyOf(called));
        }
    }

    private record Wish(Reach.Virtual reach, boolean identified) {}

    /// What was made from one state of a mesh's services.
    private record Made(PersistentMap<String, Resource> from, ConcurrentMap<Wish, Callable> callable) {}

    private final ConcurrentMap<String, Made> byMesh = new ConcurrentHashMap<>();

    /// @param identified whether the caller has an identity, without which there is no mutual TLS
    Callable of(MeshImage mesh, Reach reach, boolean identified) {
        return switch (reach) {
            case Reach.ByHand given -> Callable.of(byHand(mesh, given, identified));
            case Reach.Virtual virtual -> {
                PersistentMap<String, Resource> services = mesh.named(CoreTypes.MESH_SERVICE.name());
                Made made = byMesh.compute(
                        mesh.name(),
                        (name, old) -> old != null && old.from() == services
                                ? old
                                : new Made(services, new ConcurrentHashMap<>()));
                yield made.callable()
                        .computeIfAbsent(new Wish(virtual, identified), w -> virtual(mesh, virtual, identified));
            }
        };
    }

    /// Whether a proxy with an identity would call anybody with mutual TLS.
    boolean anyTls(MeshImage mesh, Reach reach) {
        return switch (reach) {
            case Reach.ByHand given ->
                given.outbounds().stream()
                        .flatMap(outbound -> mesh.services(ServiceRef.of(outbound.backendRef())).stream())
                        .anyMatch(Views::tlsReady);
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
                    .findFirst()
                    .flatMap(service -> service.spec(MeshServiceSpec.class).ports().stream()
                            .filter(port -> wanted.isEmpty() || wanted.get().equals(port.port()))
                            .findFirst()
                            .map(port -> destination(
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
            List<String> addresses = service.status(MeshServiceStatus.class)
                    .map(status ->
                            status.vips().stream().map(ServiceStatus.Vip::ip).toList())
                    .orElse(List.of());
            for (MeshServiceSpec.Port port : service.spec(MeshServiceSpec.class).ports()) {
                if (reach.only()
                        .map(limits -> limits.stream().noneMatch(limit -> covers(limit, service, port)))
                        .orElse(false)) {
                    continue;
                }
                place(addresses, port.port(), reach)
                        .filter(place -> !identified || isCallable(service, port))
                        .filter(place -> places.add(Map.entry(place.address(), place.port())))
                        .ifPresent(place -> found.add(destination(service, port, place, identified)));
            }
        }
        return Callable.of(found);
    }

    /// A service whose names are too long for a server name is left out: one bad name must not stop all proxies.
    private static boolean isCallable(Resource service, MeshServiceSpec.Port port) {
        return !Views.tlsReady(service)
                || Sni.of(Kri.of(service).withSection(port.section())).isPresent();
    }

    private static Collection<Resource> services(MeshImage mesh, Reach.Virtual reach) {
        if (reach.only().isEmpty()) {
            return mesh.all(CoreTypes.MESH_SERVICE.name());
        }
        Map<ResourceKey, Resource> found = new TreeMap<>();
        reach.only()
                .get()
                .forEach(limit -> mesh.services(limit.ref()).forEach(service -> found.put(service.key(), service)));
        return found.values();
    }

    private static boolean covers(Reach.Limit limit, Resource service, MeshServiceSpec.Port port) {
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

    private static Destination destination(
            Resource service, MeshServiceSpec.Port port, Place place, boolean identified) {
        Backend backend = backend(service, port, identified);
        return new Destination(
                backend.service(), backend.labels(), backend.kri(), backend.target(), place, backend.tls());
    }

    private static Backend backend(Resource service, MeshServiceSpec.Port port, boolean identified) {
        Kri kri = Kri.of(service).withSection(port.section());
        return new Backend(
                service.key(),
                service.labels(),
                kri,
                new Destination.Port(port.section(), port.port(), port.appProtocol()),
                identified && Views.tlsReady(service) ? Optional.of(tls(service, kri)) : Optional.empty());
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
                .filter(service -> service.spec() instanceof MeshServiceSpec)
                .flatMap(service -> RouteBackends.port(
                                service.spec(MeshServiceSpec.class).ports(), ref)
                        .filter(port -> !identified || isCallable(service, port))
                        .map(port -> backend(service, port, identified)));
    }

    private static Destination.UpstreamTls tls(Resource service, Kri kri) {
        String sni = Sni.of(kri)
                .orElseThrow(() -> new CompileException(
                        Kri.of(service).toString(),
                        service.key() + " has names that are too long for a server name (253 characters)"));
        List<String> ids = service.spec(MeshServiceSpec.class).identities().stream()
                .map(MeshServiceSpec.Identity::value)
                .sorted()
                .toList();
        return new Destination.UpstreamTls(sni, ids);
    }
}
