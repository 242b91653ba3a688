package io.higuma.engine;

import io.higuma.model.ResourceKey;
import io.higuma.model.core.DataplaneSpec.ReachableBackend;
import java.util.List;

/// What one proxy is told of the services it may call, and what it would be told with other `reachableBackends`.
///
/// @param connected whether the proxy has a stream; if not, nothing is known of what it can do
/// @param redirected whether it is told of services at their virtual addresses, which `reachableBackends` limits;
///     otherwise of the outbounds that its Dataplane lists
/// @param identified whether it has an identity, without which permissions say nothing
/// @param services every service it is told of, by kind and name
/// @param refs the `reachableBackends` that were tried: those that were asked for, else every service that is not
/// denied
/// @param then what it would be told with them
public record ReachReport(
        boolean connected,
        boolean redirected,
        boolean identified,
        Told now,
        List<Called> services,
        List<ReachableBackend> refs,
        Told then) {

    public ReachReport {
        services = List.copyOf(services);
        refs = List.copyOf(refs);
    }

    /// How much a proxy is told.
    ///
    /// @param endpoints of all its clusters together
    /// @param bytes of all its clusters, endpoints, listeners and routes, as they are sent
    public record Told(int services, int clusters, int endpoints, int listeners, int routes, long bytes) {}

    public record Called(ResourceKey service, Verdict verdict) {}

    /// Whether the proxy may call a service.
    public enum Verdict {
        /// A permission of at least one of its proxies allows it.
        ALLOWED,
        /// The permissions of all its proxies deny it.
        DENIED,
        /// It is called without mutual TLS: permissions are not asked.
        OPEN,
        /// A route leads its requests or connections elsewhere, or to some of it only.
        ROUTED,
        /// None of its proxies is known to check, or it is outside of the mesh.
        UNKNOWN
    }
}
