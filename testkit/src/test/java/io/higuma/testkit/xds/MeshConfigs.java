package io.higuma.testkit.xds;

import com.google.protobuf.Any;
import com.google.protobuf.Message;
import com.google.protobuf.util.Durations;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.core.v3.Address;
import io.envoyproxy.envoy.config.core.v3.AggregatedConfigSource;
import io.envoyproxy.envoy.config.core.v3.ApiVersion;
import io.envoyproxy.envoy.config.core.v3.ConfigSource;
import io.envoyproxy.envoy.config.core.v3.SocketAddress;
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
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.Rds;
import io.higuma.model.wire.Bytes;
import io.higuma.model.wire.ProxyConfig;
import io.higuma.model.wire.ResourceSet;
import io.higuma.model.wire.TypeUrl;
import io.higuma.model.wire.WireResource;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/// Hand-made configurations with EDS clusters, one HTTP listener and its routes over RDS.
final class MeshConfigs {

    private static final ConfigSource ADS = ConfigSource.newBuilder()
            .setAds(AggregatedConfigSource.getDefaultInstance())
            .setResourceApiVersion(ApiVersion.V3)
            .build();

    private final Map<TypeUrl, List<WireResource>> resources = new EnumMap<>(TypeUrl.class);

    MeshConfigs() {
        for (TypeUrl type : TypeUrl.values()) {
            resources.put(type, new ArrayList<>());
        }
    }

    MeshConfigs cluster(String name, int connectMillis, String host, int port) {
        add(
                TypeUrl.CLUSTER,
                name,
                Cluster.newBuilder()
                        .setName(name)
                        .setType(Cluster.DiscoveryType.EDS)
                        .setConnectTimeout(Durations.fromMillis(connectMillis))
                        .setEdsClusterConfig(
                                Cluster.EdsClusterConfig.newBuilder().setEdsConfig(ADS))
                        .build());
        add(
                TypeUrl.ENDPOINT,
                name,
                ClusterLoadAssignment.newBuilder()
                        .setClusterName(name)
                        .addEndpoints(LocalityLbEndpoints.newBuilder()
                                .addLbEndpoints(LbEndpoint.newBuilder()
                                        .setEndpoint(Endpoint.newBuilder().setAddress(address(host, port)))))
                        .build());
        return this;
    }

    MeshConfigs listener(int port, String routes) {
        HttpConnectionManager http = HttpConnectionManager.newBuilder()
                .setStatPrefix("in")
                .setRds(Rds.newBuilder().setConfigSource(ADS).setRouteConfigName(routes))
                .addHttpFilters(HttpFilter.newBuilder()
                        .setName("envoy.filters.http.router")
                        .setTypedConfig(Any.pack(Router.getDefaultInstance())))
                .build();
        add(
                TypeUrl.LISTENER,
                "listener",
                Listener.newBuilder()
                        .setName("listener")
                        .setAddress(address("127.0.0.1", port))
                        .addFilterChains(FilterChain.newBuilder()
                                .addFilters(Filter.newBuilder()
                                        .setName("envoy.filters.network.http_connection_manager")
                                        .setTypedConfig(Any.pack(http))))
                        .build());
        return this;
    }

    MeshConfigs route(String name, String cluster) {
        add(
                TypeUrl.ROUTE,
                name,
                RouteConfiguration.newBuilder()
                        .setName(name)
                        .addVirtualHosts(VirtualHost.newBuilder()
                                .setName("all")
                                .addDomains("*")
                                .addRoutes(Route.newBuilder()
                                        .setMatch(RouteMatch.newBuilder().setPrefix("/"))
                                        .setRoute(RouteAction.newBuilder().setCluster(cluster))))
                        .build());
        return this;
    }

    MeshConfigs add(TypeUrl type, String name, Message message) {
        resources.get(type).add(WireResource.of(type, name, Bytes.wrap(message.toByteArray())));
        return this;
    }

    ProxyConfig at(long revision) {
        Map<TypeUrl, ResourceSet> sets = new EnumMap<>(TypeUrl.class);
        resources.forEach((type, all) -> sets.put(type, ResourceSet.of(all)));
        return new ProxyConfig(revision, sets);
    }

    private static Address address(String host, int port) {
        return Address.newBuilder()
                .setSocketAddress(SocketAddress.newBuilder().setAddress(host).setPortValue(port))
                .build();
    }
}
