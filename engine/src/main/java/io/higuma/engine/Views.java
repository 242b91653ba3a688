package io.higuma.engine;

import io.higuma.envoy.EndpointGroup;
import io.higuma.model.Resource;
import io.higuma.model.core.DataplaneSpec;
import io.higuma.model.core.DataplaneSpec.Inbound;
import io.higuma.model.core.DataplaneSpec.InboundState;
import io.higuma.model.core.IntOrString;
import io.higuma.model.core.MeshExternalServiceSpec;
import io.higuma.model.core.MeshMultiZoneServiceSpec;
import io.higuma.model.core.MeshServiceSpec;
import io.higuma.model.core.MeshServiceStatus;
import io.higuma.model.core.ServiceSpec;
import io.higuma.model.snapshot.MeshImage;
import io.higuma.policy.Calls;
import io.higuma.policy.InboundView;
import io.higuma.policy.InboundView.Acceptance;
import io.higuma.policy.ProxyIdentity;
import io.higuma.policy.ProxyTraits;
import io.higuma.policy.ProxyView;
import io.higuma.policy.Routing;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/// What proxies see of a state: pure functions.
final class Views {

    private Views() {}

    /// Everything that may influence a proxy's configuration, apart from policies.
    static ProxyView proxy(
            EngineState state,
            Resource dataplane,
            String zone,
            ProxyTraits traits,
            Destinations.Callable callable,
            Routing routing) {
        DataplaneSpec.Networking networking =
                dataplane.spec(DataplaneSpec.class).networking();
        Optional<EngineState.Grant> grant = Optional.ofNullable(state.grants().get(dataplane.key()));
        Acceptance acceptance = grant.map(EngineState.Grant::acceptance).orElse(Acceptance.PLAINTEXT);
        List<InboundView> inbounds = networking.inbound().stream()
                .filter(inbound -> inbound.stateOrReady() != InboundState.IGNORED)
                .map(inbound -> new InboundView(inbound, address(networking, inbound), acceptance))
                .toList();
        Optional<ProxyIdentity> identity = grant.map(EngineState.Grant::identity);
        return new ProxyView(
                dataplane,
                zone,
                traits,
                identity,
                inbounds,
                callable.names(),
                Calls.of(OutsideDesk.callable(callable.list(), state), routing, identity, traits));
    }

    /// Whether callers shall use mutual TLS: the stored decision, and identities to check the server by.
    static boolean tlsReady(Resource service) {
        return service.spec() instanceof MeshServiceSpec spec
                && service.status(MeshServiceStatus.class)
                        .flatMap(MeshServiceStatus::tls)
                        .filter(tls -> tls.status() == MeshServiceStatus.TlsState.READY)
                        .isPresent()
                && !spec.identities().isEmpty();
    }

    /// The members of every port of a service that callers are told of; none for one outside the mesh, whose
    /// endpoints are part of its clusters.
    static List<EndpointGroup> endpoints(EngineState state, Resource service, String zone) {
        MeshImage mesh = state.snapshot().mesh(service.mesh());
        return switch ((ServiceSpec) service.spec()) {
            case MeshServiceSpec spec ->
                spec.ports().stream()
                        .map(port ->
                                group(Backends.cluster(service, port.section()), members(state, service, port, zone)))
                        .toList();
            case MeshMultiZoneServiceSpec spec ->
                spec.ports().stream()
                        .map(port -> group(
                                Backends.cluster(service, port.section()),
                                Backends.of(mesh, spec, port).stream()
                                        .flatMap(backend ->
                                                members(state, backend.service(), backend.port(), zone).stream())
                                        .toList()))
                        .toList();
            case MeshExternalServiceSpec spec -> List.of();
        };
    }

    private static EndpointGroup group(String cluster, List<EndpointGroup.Endpoint> endpoints) {
        return new EndpointGroup(
                cluster,
                endpoints.stream()
                        .distinct()
                        .sorted(Comparator.comparing(EndpointGroup.Endpoint::address)
                                .thenComparingInt(EndpointGroup.Endpoint::port))
                        .toList());
    }

    private static List<EndpointGroup.Endpoint> members(
            EngineState state, Resource service, MeshServiceSpec.Port port, String zone) {
        List<EndpointGroup.Endpoint> endpoints = new ArrayList<>();
        for (Resource member : state.snapshot().mesh(service.mesh()).members(service)) {
            DataplaneSpec.Networking networking =
                    member.spec(DataplaneSpec.class).networking();
            for (Inbound inbound : networking.inbound()) {
                if (inbound.stateOrReady() == InboundState.READY
                        && serves(inbound, port)
                        && Announcement.covers(state.announcement(member.key()), inbound.port())) {
                    endpoints.add(new EndpointGroup.Endpoint(address(networking, inbound), inbound.port(), zone, 0, 1));
                }
            }
        }
        return endpoints;
    }

    static boolean serves(Inbound inbound, MeshServiceSpec.Port port) {
        return switch (port.targetPort().orElseGet(() -> new IntOrString.OfInt(port.port()))) {
            case IntOrString.OfInt number -> inbound.port() == number.value();
            case IntOrString.OfString name -> inbound.section().equals(name.value());
        };
    }

    private static String address(DataplaneSpec.Networking networking, Inbound inbound) {
        return inbound.address().filter(text -> !text.isEmpty()).orElse(networking.address());
    }
}
