package io.higuma.policy;

import io.higuma.model.Kri;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What a proxy calls, as whom, and all that is known of its host there: the whole input of what is made for outgoing
/// traffic, apart from policies. Proxies with equal calls, selected by the same policies, share what comes of it; so
/// nothing in here is of one proxy alone.
///
/// @param destinations what may be called, sorted by listener address and port; one list object for all proxies of
/// equal reach
/// @param routing what the routes that select the proxy name
/// @param certificate name of the SDS secret that is shown to servers; empty without identity
/// @param reusePort whether listeners bind their port once per worker
/// @param ipv6 whether the host speaks IPv6
/// @param systemCaPath file with the authorities that the host trusts; empty if unknown
public record Calls(
        List<Destination> destinations,
        Routing routing,
        Optional<String> certificate,
        boolean reusePort,
        boolean ipv6,
        Optional<String> systemCaPath) {

    private static final String REUSE_PORT = "feature-reuse-port";

    public Calls {
        destinations = List.copyOf(destinations);
    }

    public static Calls of(
            List<Destination> destinations, Routing routing, Optional<ProxyIdentity> identity, ProxyTraits traits) {
        return new Calls(
                destinations,
                routing,
                identity.map(ProxyIdentity::secretName),
                traits.has(REUSE_PORT),
                traits.ipv6(),
                traits.systemCaPath());
    }

    /// Everything that may have to answer, once each, in no order: the destinations and what routes name instead.
    public Collection<Backend> backends() {
        Map<Kri, Backend> all = new LinkedHashMap<>();
        destinations.forEach(to -> all.putIfAbsent(to.kri(), to.backend()));
        routing.backends().values().forEach(backend -> all.putIfAbsent(backend.kri(), backend));
        return all.values();
    }
}
