package io.higuma.policy;

import io.higuma.model.Resource;
import io.higuma.model.ResourceKey;
import io.higuma.model.core.DataplaneSpec;
import java.util.List;
import java.util.Optional;

/// Everything that may influence the configuration of one proxy, apart from policies. A value:
/// two equal views give equal bytes.
///
/// @param dataplane the Dataplane resource
/// @param zone the zone of this control plane
/// @param traits what the proxy said of itself when it connected
/// @param identity who it is, once a MeshIdentity selects it and a certificate can be issued
/// @param inbounds what it serves, in the order of the resource
/// @param names the names of what it may call, sorted; none if its questions are not redirected
/// @param calls what it calls
public record ProxyView(
        Resource dataplane,
        String zone,
        ProxyTraits traits,
        Optional<ProxyIdentity> identity,
        List<InboundView> inbounds,
        List<HostName> names,
        Calls calls) {

    public ProxyView {
        inbounds = List.copyOf(inbounds);
        names = List.copyOf(names);
    }

    public List<Destination> destinations() {
        return calls.destinations();
    }

    public Routing routing() {
        return calls.routing();
    }

    public ResourceKey key() {
        return dataplane.key();
    }

    public DataplaneSpec.Networking networking() {
        return dataplane.spec(DataplaneSpec.class).networking();
    }

    /// How traffic is redirected to the proxy; empty if it is not.
    public Optional<Capture> capture() {
        return Capture.of(networking(), traits);
    }
}
