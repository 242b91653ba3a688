package io.higuma.testkit.golden;

import io.higuma.model.Kri;
import io.higuma.model.Labels;
import io.higuma.model.Resource;
import io.higuma.model.ResourceKey;
import io.higuma.model.Sni;
import io.higuma.model.VirtualAddresses;
import io.higuma.model.core.CoreTypes;
import io.higuma.model.core.DataplaneSpec;
import io.higuma.model.core.ServiceSpec;
import io.higuma.model.core.ServiceSpec.ServicePort;
import io.higuma.model.target.RouteBackendRef;
import io.higuma.model.target.ToTargetRef;
import io.higuma.policy.Backend;
import io.higuma.policy.Calls;
import io.higuma.policy.Capture;
import io.higuma.policy.Destination;
import io.higuma.policy.HostName;
import io.higuma.policy.InboundView;
import io.higuma.policy.Outside;
import io.higuma.policy.ProxyIdentity;
import io.higuma.policy.ProxyTraits;
import io.higuma.policy.ProxyView;
import io.higuma.policy.RouteBackends;
import io.higuma.policy.Routing;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Views of proxies for tests of policies and of the compiler, made from resources as a person
/// writes them: the first Dataplane is the proxy, the MeshServices are what its outbounds name.
public final class ViewFixture {

    private static final String ZONE = "default";
    private static final int DNS_PORT = 15053;

    private ViewFixture() {}

    /// @param identity whether the proxy and the services it calls have identities
    /// @param acceptance what the inbounds must accept
    public static ProxyView view(Collection<Resource> resources, boolean identity, InboundView.Acceptance acceptance) {
        return view(resources, List.of(), identity, acceptance);
    }

    /// @param backends what the routes among the resources refer to
    public static ProxyView view(
            Collection<Resource> resources,
            Collection<RouteBackendRef> backends,
            boolean identity,
            InboundView.Acceptance acceptance) {
        Resource dataplane = resources.stream()
                .filter(r -> r.type().equals(CoreTypes.DATAPLANE))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("in.yaml has no Dataplane"));
        DataplaneSpec.Networking networking =
                dataplane.spec(DataplaneSpec.class).networking();
        List<InboundView> inbounds = networking.inbound().stream()
                .map(in -> new InboundView(in, in.address().orElse(networking.address()), acceptance))
                .toList();
        ProxyTraits traits = new ProxyTraits(
                Set.of("feature-reuse-port", "feature-strict-inbound-ports", features(dataplane)),
                new ProxyTraits.Admin(0, "", Optional.empty()),
                0,
                true,
                Optional.of("/var/lib/higuma/work"),
                DNS_PORT,
                Optional.empty(),
                Optional.of("src/test/roots.pem"));
        List<Destination> destinations = new ArrayList<>();
        Capture.of(networking, traits)
                .ifPresent(capture -> destinations.addAll(virtual(resources, identity, capture.ipv6())));
        for (DataplaneSpec.Outbound outbound : networking.outbound()) {
            destinations.add(destination(outbound, resources, dataplane.mesh(), identity));
        }
        destinations.sort(Comparator.comparing(Destination::address).thenComparingInt(Destination::port));
        Optional<ProxyIdentity> who = identity
                ? Optional.of(new ProxyIdentity(
                        "spiffe://default.default.mesh.local/workload/"
                                + dataplane.labels().value(Labels.WORKLOAD).orElse(dataplane.name()),
                        "kri_mid_" + dataplane.mesh() + "___identity_"))
                : Optional.empty();
        return new ProxyView(
                dataplane,
                ZONE,
                traits,
                who,
                inbounds,
                names(resources, networking, traits),
                Calls.of(destinations, routing(resources, backends, identity), who, traits));
    }

    private static Routing routing(Collection<Resource> resources, Collection<RouteBackendRef> refs, boolean identity) {
        Map<RouteBackendRef, Backend> backends = new HashMap<>();
        for (RouteBackendRef ref : refs) {
            RouteBackends.service(resources, ref)
                    .flatMap(service -> RouteBackends.port(((ServiceSpec) service.spec()).callable(), ref)
                            .map(port -> backend(service, port, identity)))
                    .ifPresent(backend -> backends.put(ref.withoutWeight(), backend));
        }
        List<Routing.Route> routes = resources.stream()
                .filter(resource -> resource.type().name().equals(ToTargetRef.Kind.MESH_HTTP_ROUTE.text()))
                .sorted(Comparator.comparing(Resource::key))
                .map(route -> new Routing.Route(Kri.of(route), route.labels(), route.name()))
                .toList();
        return new Routing(backends, routes);
    }

    private static Backend backend(Resource service, ServicePort port, boolean identity) {
        Kri kri = Kri.of(service).withSection(port.section());
        Optional<Outside> outside = Outside.of(service);
        Optional<Destination.UpstreamTls> tls = identity && outside.isEmpty()
                ? Optional.of(new Destination.UpstreamTls(
                        Sni.of(kri).orElseThrow(),
                        List.of("spiffe://default.default.mesh.local/workload/" + service.name())))
                : Optional.empty();
        return new Backend(
                service.key(),
                service.labels(),
                kri,
                new Destination.Port(port.section(), port.port(), port.protocol()),
                tls,
                outside);
    }

    /// A proxy whose name begins with `agent` has an agent beside it.
    private static String features(Resource dataplane) {
        return dataplane.name().startsWith("agent") ? "feature-of-an-agent" : "feature-no-agent";
    }

    /// Every service is called by its name, where questions are redirected.
    private static List<HostName> names(
            Collection<Resource> resources, DataplaneSpec.Networking networking, ProxyTraits traits) {
        return Capture.of(networking, traits).stream()
                .flatMap(capture -> virtual(resources, false, true).stream())
                .map(to -> new HostName(
                        to.service().name() + ".svc.mesh.local",
                        List.of(to.address(), to.place().twins().getFirst())))
                .distinct()
                .toList();
    }

    /// Every port of every service, at 241.0.0.1 and so on in order of their names.
    private static List<Destination> virtual(Collection<Resource> resources, boolean identity, boolean twins) {
        List<Destination> found = new ArrayList<>();
        List<Resource> services = resources.stream()
                .filter(r -> r.type().equals(CoreTypes.MESH_SERVICE))
                .sorted(Comparator.comparing(Resource::name))
                .toList();
        for (Resource service : services) {
            String ip = "241.0.0." + (services.indexOf(service) + 1);
            List<String> twin = twins ? VirtualAddresses.twin(ip).stream().toList() : List.of();
            for (ServicePort port : ((ServiceSpec) service.spec()).callable()) {
                found.add(destination(service, port, new Destination.Place(ip, twin, port.port(), false), identity));
            }
        }
        return found;
    }

    private static Destination destination(
            DataplaneSpec.Outbound outbound, Collection<Resource> resources, String mesh, boolean identity) {
        String name = outbound.backendRef().name().orElseThrow();
        int number = outbound.backendRef().port().orElseThrow();
        ResourceKey key = new ResourceKey(outbound.backendRef().kind(), mesh, name);
        Resource service = resources.stream()
                .filter(r -> r.key().equals(key))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("in.yaml has no " + key));
        ServicePort port = ((ServiceSpec) service.spec())
                .callable().stream()
                        .filter(p -> p.port() == number)
                        .findFirst()
                        .orElseThrow(() -> new IllegalArgumentException(key + " has no port " + number));
        return destination(
                service, port, Destination.Place.bound(outbound.addressOrLoopback(), outbound.port()), identity);
    }

    private static Destination destination(
            Resource service, ServicePort port, Destination.Place place, boolean identity) {
        return Destination.of(backend(service, port, identity), place);
    }
}
