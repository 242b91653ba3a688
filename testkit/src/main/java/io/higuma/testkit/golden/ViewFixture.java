package io.higuma.testkit.golden;

import io.higuma.model.Kri;
import io.higuma.model.Labels;
import io.higuma.model.Resource;
import io.higuma.model.ResourceKey;
import io.higuma.model.Sni;
import io.higuma.model.core.CoreTypes;
import io.higuma.model.core.DataplaneSpec;
import io.higuma.model.core.MeshServiceSpec;
import io.higuma.policy.Destination;
import io.higuma.policy.InboundView;
import io.higuma.policy.ProxyIdentity;
import io.higuma.policy.ProxyTraits;
import io.higuma.policy.ProxyView;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Views of proxies for tests of policies and of the compiler, made from resources as a person writes them:
/// the first
/// Dataplane is the proxy, the MeshServices are what its outbounds name.
public final class ViewFixture {

    private static final String ZONE = "default";

    private ViewFixture() {}

    /// @param identity whether the proxy and the services it calls have identities
    /// @param acceptance what the inbounds must accept
    public static ProxyView view(Collection<Resource> resources, boolean identity, InboundView.Acceptance acceptance) {
        Resource dataplane = resources.stream()
                .filter(r -> r.type().equals(CoreTypes.DATAPLANE))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("in.yaml has no Dataplane"));
        DataplaneSpec.Networking networking =
                dataplane.spec(DataplaneSpec.class).networking();
        List<InboundView> inbounds = networking.inbound().stream()
                .map(in -> new InboundView(in, in.address().orElse(networking.address()), acceptance))
                .toList();
        List<Destination> destinations = new ArrayList<>();
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
                new ProxyTraits(
                        Set.of("feature-reuse-port"),
                        new ProxyTraits.Admin(0, "", Optional.empty()),
                        0,
                        true,
                        Optional.empty()),
                who,
                inbounds,
                destinations);
    }

    private static Destination destination(
            DataplaneSpec.Outbound outbound, Collection<Resource> resources, String mesh, boolean identity) {
        String name = outbound.backendRef().name().orElseThrow();
        int number = outbound.backendRef().port().orElseThrow();
        ResourceKey key = CoreTypes.MESH_SERVICE.key(mesh, name);
        Resource service = resources.stream()
                .filter(r -> r.key().equals(key))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("in.yaml has no " + key));
        MeshServiceSpec.Port port = service.spec(MeshServiceSpec.class).ports().stream()
                .filter(p -> p.port() == number)
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(key + " has no port " + number));
        Kri kri = Kri.of(service).withSection(port.section());
        Optional<Destination.UpstreamTls> tls = identity
                ? Optional.of(new Destination.UpstreamTls(
                        Sni.of(kri).orElseThrow(), List.of("spiffe://default.default.mesh.local/workload/" + name)))
                : Optional.empty();
        return new Destination(
                key,
                service.labels(),
                kri,
                new Destination.Port(port.section(), number, port.appProtocol()),
                outbound.addressOrLoopback(),
                outbound.port(),
                tls);
    }
}
