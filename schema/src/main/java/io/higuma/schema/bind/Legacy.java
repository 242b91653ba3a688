package io.higuma.schema.bind;

import java.util.Map;
import java.util.Optional;

/// Fields that the 2.x generation had and the core model has not (contract 1.3). They are accepted, so that
/// people can
/// move without rewriting, and have no effect; a warning names what to use instead.
final class Legacy {

    private static final Map<String, String> REPLACEMENTS = Map.ofEntries(
            Map.entry("MeshSpec.mtls", "MeshIdentity and MeshTrust"),
            Map.entry("MeshSpec.tracing", "MeshTrace"),
            Map.entry("MeshSpec.logging", "MeshAccessLog"),
            Map.entry("MeshSpec.metrics", "MeshMetric"),
            Map.entry("MeshSpec.networking", "MeshPassthrough"),
            Map.entry("MeshSpec.routing", "MeshLoadBalancingStrategy"),
            Map.entry("MeshSpec.constraints", "dataplane tokens bound to workloads"),
            Map.entry("MeshSpec.meshServices", "MeshService, which is always on"),
            Map.entry("DataplaneSpec.probes", "serviceProbe of an inbound"),
            Map.entry("DataplaneSpec.metrics", "MeshMetric"),
            Map.entry("Networking.advertisedAddress", "address"),
            Map.entry("Inbound.tags", "labels of the Dataplane and protocol of the inbound"),
            Map.entry("Outbound.tags", "backendRef"),
            Map.entry("TransparentProxying.reachableServices", "reachableBackends"),
            Map.entry("TransparentProxying.redirectPortInboundV6", "redirectPortInbound"),
            Map.entry("TopTargetRef.name", "labels"),
            Map.entry("TopTargetRef.namespace", "labels"),
            Map.entry("TopTargetRef.tags", "labels"),
            Map.entry("TopTargetRef.mesh", "nothing"),
            Map.entry("TopTargetRef.proxyTypes", "labels"),
            Map.entry("ToTargetRef.name", "labels"),
            Map.entry("ToTargetRef.namespace", "labels"),
            Map.entry("ToTargetRef.tags", "labels"),
            Map.entry("ToTargetRef.mesh", "nothing"),
            Map.entry("ToTargetRef.proxyTypes", "labels"),
            Map.entry("Selector.dataplaneTags", "dataplaneLabels"),
            Map.entry("MeshTimeoutSpec.from", "rules"),
            Map.entry("MeshTlsSpec.from", "rules"),
            Map.entry("MeshTrafficPermissionSpec.from", "rules"));

    private Legacy() {}

    static Optional<String> replacement(Class<?> holder, String field) {
        return Optional.ofNullable(REPLACEMENTS.get(holder.getSimpleName() + "." + field));
    }
}
