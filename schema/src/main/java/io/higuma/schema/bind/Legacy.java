package io.higuma.schema.bind;

import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/// Fields that the 2.x generation had and the core model has not (contract 1.3). They are accepted, so that people can
/// move without rewriting, and have no effect; a warning names what to use instead.
public final class Legacy {

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
            Map.entry("Networking.advertisedPort", "port of the listener"),
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
            Map.entry("RouteBackendRef.name", "labels"),
            Map.entry("RouteBackendRef.namespace", "labels"),
            Map.entry("RouteBackendRef.tags", "labels"),
            Map.entry("RouteBackendRef.mesh", "nothing"),
            Map.entry("Selector.dataplaneTags", "dataplaneLabels"),
            Map.entry("SecureDataSource.secret", "type Secret with secretRef"),
            Map.entry("SecureDataSource.inline", "type InsecureInline with insecureInline"),
            Map.entry("SecureDataSource.inlineString", "type InsecureInline with insecureInline"),
            Map.entry("MeshTimeoutSpec.from", "rules"),
            Map.entry("MeshTlsSpec.from", "rules"),
            Map.entry("MeshTrafficPermissionSpec.from", "rules"));

    private Legacy() {}

    /// The old fields of a record, each with what to use instead, in order of their names.
    public static SortedMap<String, String> fields(Class<?> holder) {
        SortedMap<String, String> found = new TreeMap<>();
        String prefix = holder.getSimpleName() + ".";
        REPLACEMENTS.forEach((name, replacement) -> {
            if (name.startsWith(prefix)) {
                found.put(name.substring(prefix.length()), replacement);
            }
        });
        return found;
    }

    static Optional<String> replacement(Class<?> holder, String field) {
        return Optional.ofNullable(REPLACEMENTS.get(holder.getSimpleName() + "." + field));
    }
}
