package io.higuma.envoy.build;

import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.core.v3.Address;
import io.envoyproxy.envoy.config.core.v3.Pipe;
import io.envoyproxy.envoy.config.core.v3.TrafficDirection;
import io.envoyproxy.envoy.config.endpoint.v3.ClusterLoadAssignment;
import io.envoyproxy.envoy.config.endpoint.v3.Endpoint;
import io.envoyproxy.envoy.config.endpoint.v3.LbEndpoint;
import io.envoyproxy.envoy.config.endpoint.v3.LocalityLbEndpoints;
import io.envoyproxy.envoy.config.listener.v3.Filter;
import io.envoyproxy.envoy.config.listener.v3.FilterChain;
import io.envoyproxy.envoy.config.listener.v3.Listener;
import io.envoyproxy.envoy.config.route.v3.Route;
import io.envoyproxy.envoy.config.route.v3.RouteAction;
import io.envoyproxy.envoy.config.route.v3.RouteConfiguration;
import io.envoyproxy.envoy.config.route.v3.RouteMatch;
import io.envoyproxy.envoy.config.route.v3.VirtualHost;
import io.envoyproxy.envoy.extensions.filters.http.router.v3.Router;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpFilter;
import io.higuma.policy.ProxyTraits;

/// The part of the admin interface that others may see: `/ready` and nothing else (`reference/dataplane.md`
/// 4.1).
///
/// @param target who answers: the launcher's readiness reporter, or Envoy's own admin interface
public record AdminListener(String address, int port, Target target) {

    public static final String NAME = "system_envoy_admin";
    public static final String READINESS_CLUSTER = "system_probe_readiness";
    private static final long CONNECT_SECONDS = 5;

    /// Where readiness is asked.
    public sealed interface Target {
        record Tcp(String address, int port) implements Target {}

        record Socket(String path) implements Target {}
    }

    /// Who answers for a proxy.
    public static Target target(ProxyTraits traits) {
        if (traits.readinessPort() > 0) {
            return new Target.Tcp("127.0.0.1", traits.readinessPort());
        }
        return traits.admin()
                .socketPath()
                .<Target>map(Target.Socket::new)
                .orElseGet(() -> new Target.Tcp(
                        traits.admin().address().isEmpty()
                                ? "127.0.0.1"
                                : traits.admin().address(),
                        traits.admin().port()));
    }

    public Listener listener() {
        HttpConnectionManager manager = HttpConnectionManager.newBuilder()
                .setStatPrefix(NAME)
                .setRouteConfig(RouteConfiguration.newBuilder()
                        .setName(NAME)
                        .setValidateClusters(com.google.protobuf.BoolValue.of(false))
                        .addVirtualHosts(VirtualHost.newBuilder()
                                .setName(NAME)
                                .addDomains("*")
                                .addRoutes(Route.newBuilder()
                                        .setMatch(RouteMatch.newBuilder().setPath("/ready"))
                                        .setRoute(RouteAction.newBuilder().setCluster(READINESS_CLUSTER)))))
                .addHttpFilters(HttpFilter.newBuilder()
                        .setName("envoy.filters.http.router")
                        .setTypedConfig(Protos.pack(Router.getDefaultInstance())))
                .build();
        return Listener.newBuilder()
                .setName(NAME)
                .setTrafficDirection(TrafficDirection.INBOUND)
                .setAddress(Protos.address(address, port))
                .addFilterChains(FilterChain.newBuilder()
                        .addFilters(Filter.newBuilder()
                                .setName("envoy.filters.network.http_connection_manager")
                                .setTypedConfig(Protos.pack(manager))))
                .build();
    }

    public Cluster cluster() {
        Address upstream = switch (target) {
            case Target.Tcp tcp -> Protos.address(tcp.address(), tcp.port());
            case Target.Socket socket ->
                Address.newBuilder()
                        .setPipe(Pipe.newBuilder().setPath(socket.path()))
                        .build();
        };
        return Cluster.newBuilder()
                .setName(READINESS_CLUSTER)
                .setType(Cluster.DiscoveryType.STATIC)
                .setConnectTimeout(Protos.seconds(CONNECT_SECONDS))
                .setLoadAssignment(ClusterLoadAssignment.newBuilder()
                        .setClusterName(READINESS_CLUSTER)
                        .addEndpoints(LocalityLbEndpoints.newBuilder()
                                .addLbEndpoints(LbEndpoint.newBuilder()
                                        .setEndpoint(Endpoint.newBuilder().setAddress(upstream)))))
                .build();
    }
}
