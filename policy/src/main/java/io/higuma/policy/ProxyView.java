package io.higuma.policy;

import io.higuma.model.Kri;
import io.higuma.model.Resource;
import io.higuma.model.ResourceKey;
import io.higuma.model.core.DataplaneSpec;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Everything that may influence the configuration of one proxy, apart from policies. A value:
/// two equal views give equal bytes.
///
/// @param dataplane the Dataplane resource
/// @param zone the zone of this control plane
/// @param traits what the proxy said of itself when it connected
/// @param identity who it is, once a MeshIdentity selects it and a certificate can be issued
/// @param inbounds what it serves, in the order of the resource
/// @param destinations what it may call, sorted by listener address and port
/// @param names the names of what it may call, sorted; none if its questions are not redirected
/// @param routing what the routes that select it name
public record ProxyView(
        Resource dataplane,
        String zone,
        ProxyTraits traits,
        Optional<ProxyIdentity> identity,
        List<InboundView> inbounds,
        List<Destination> destinations,
        List<HostName> names,
        Routing routing) {

    public ProxyView {
        inbounds = List.copyOf(inbounds);
        destinations = List.copyOf(destinations);
        names = List.copyOf(names);
    }

    /// Everything that may have to answer its calls, once each, in no order: the destinations and what
    /// routes name instead.
    public Collection<Backend> backends() {
        Map<Kri, Backend> all = new LinkedHashMap<>();
        destinations.forEach(to -> all.putIfAbsent(to.kri(), to.backend()));
        routing.backends().values().forEach(backend -> all.putIfAbsent(backend.kri(), backend));
        return all.values();
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
