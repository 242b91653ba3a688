package io.higuma.engine;

import io.higuma.model.Labels;
import io.higuma.model.Resource;
import io.higuma.model.core.DataplaneSpec;
import io.higuma.model.core.DataplaneSpec.ReachableBackends;
import io.higuma.model.snapshot.ServiceRef;
import io.higuma.policy.Capture;
import io.higuma.policy.ProxyTraits;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// Which services a proxy is told of, and under which addresses (contract, data plane 4.3). A value: proxies of equal
/// reach share their destinations.
sealed interface Reach {

    /// Outbounds with ports that a person gave.
    record ByHand(List<DataplaneSpec.Outbound> outbounds) implements Reach {}

    /// Virtual addresses.
    ///
    /// @param only the services it is told of; empty means all of the mesh
    /// @param bound whether the proxy binds them, which loopback addresses allow
    /// @param twins whether the IPv6 twins of the addresses are redirected too
    record Virtual(Optional<List<Limit>> only, boolean bound, boolean twins) implements Reach {}

    /// A service that may be reached, or several.
    ///
    /// @param port the only port; all ports when empty
    record Limit(ServiceRef ref, Optional<Integer> port) {}

    static Reach of(Resource dataplane, ProxyTraits traits) {
        DataplaneSpec.Networking networking =
                dataplane.spec(DataplaneSpec.class).networking();
        boolean bound = traits.has(Capture.BIND_OUTBOUNDS);
        Optional<Capture> capture = Capture.of(networking, traits);
        if (!bound && capture.isEmpty()) {
            return new ByHand(networking.outbound());
        }
        Optional<ReachableBackends> limits =
                networking.transparentProxying().flatMap(DataplaneSpec.TransparentProxying::reachableBackends);
        return new Virtual(
                limits.map(given -> given.refs().stream().map(Reach::limit).toList()),
                bound,
                capture.filter(Capture::ipv6).isPresent());
    }

    private static Limit limit(DataplaneSpec.ReachableBackend backend) {
        return new Limit(new ServiceRef(backend.kind(), backend.name(), labels(backend)), backend.port());
    }

    private static Map<String, String> labels(DataplaneSpec.ReachableBackend backend) {
        if (backend.namespace().filter(text -> !text.isEmpty()).isEmpty()) {
            return backend.labels();
        }
        TreeMap<String, String> labels = new TreeMap<>(backend.labels());
        labels.put(Labels.NAMESPACE, backend.namespace().get());
        return labels;
    }

    /// What leads to services; empty means to all of them.
    default Optional<List<ServiceRef>> refs() {
        return switch (this) {
            case ByHand given ->
                Optional.of(given.outbounds().stream()
                        .map(outbound -> ServiceRef.of(outbound.backendRef()))
                        .toList());
            case Virtual given ->
                given.only().map(limits -> limits.stream().map(Limit::ref).toList());
        };
    }
}
