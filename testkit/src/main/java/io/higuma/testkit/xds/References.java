package io.higuma.testkit.xds;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.Parser;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.listener.v3.Listener;
import io.envoyproxy.envoy.config.route.v3.RouteAction;
import io.envoyproxy.envoy.config.route.v3.RouteConfiguration;
import io.envoyproxy.envoy.config.route.v3.WeightedCluster;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.Rds;
import io.envoyproxy.envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.SdsSecretConfig;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext;
import io.higuma.model.wire.TypeUrl;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;

/// The names of other resources that one resource refers to.
///
/// @param clusters of routes and TCP proxies
/// @param endpoints the EDS name, of a cluster with EDS
/// @param routes RDS names, of a listener
/// @param secrets SDS names
record References(
        NavigableSet<String> clusters,
        NavigableSet<String> endpoints,
        NavigableSet<String> routes,
        NavigableSet<String> secrets) {

    private static final Map<String, Parser<? extends Message>> INSIDE = Map.of(
            name(HttpConnectionManager.getDescriptor().getFullName()), HttpConnectionManager.parser(),
            name(TcpProxy.getDescriptor().getFullName()), TcpProxy.parser(),
            name(UpstreamTlsContext.getDescriptor().getFullName()), UpstreamTlsContext.parser(),
            name(DownstreamTlsContext.getDescriptor().getFullName()), DownstreamTlsContext.parser());

    /// A thousand clients read the same few hundred resources.
    private static final Map<ByteString, References> KNOWN = new ConcurrentHashMap<>();

    private static final int MAX_KNOWN = 50_000;

    private static String name(String message) {
        return "type.googleapis.com/" + message;
    }

    static References of(TypeUrl type, ByteString bytes) throws InvalidProtocolBufferException {
        if (type == TypeUrl.ENDPOINT || type == TypeUrl.SECRET) {
            return none();
        }
        References known = KNOWN.get(bytes);
        if (known == null) {
            known = none();
            known.visit(parse(type, bytes));
            if (KNOWN.size() < MAX_KNOWN) {
                KNOWN.put(bytes, known);
            }
        }
        return known;
    }

    private static References none() {
        return new References(new TreeSet<>(), new TreeSet<>(), new TreeSet<>(), new TreeSet<>());
    }

    private static Message parse(TypeUrl type, ByteString bytes) throws InvalidProtocolBufferException {
        return switch (type) {
            case CLUSTER -> Cluster.parseFrom(bytes);
            case LISTENER -> Listener.parseFrom(bytes);
            case ROUTE -> RouteConfiguration.parseFrom(bytes);
            case ENDPOINT, SECRET -> throw new IllegalArgumentException(type + " refers to nothing");
        };
    }

    private void visit(Message message) throws InvalidProtocolBufferException {
        switch (message) {
            case Any any -> {
                Parser<? extends Message> parser = INSIDE.get(any.getTypeUrl());
                if (parser != null) {
                    visit(parser.parseFrom(any.getValue()));
                }
                return;
            }
            case Cluster cluster
            when cluster.getType() == Cluster.DiscoveryType.EDS -> {
                String service = cluster.getEdsClusterConfig().getServiceName();
                endpoints.add(service.isEmpty() ? cluster.getName() : service);
            }
            case Rds rds -> routes.add(rds.getRouteConfigName());
            case SdsSecretConfig secret when secret.hasSdsConfig() -> secrets.add(secret.getName());
            case RouteAction action -> add(action.getCluster());
            case WeightedCluster.ClusterWeight weight -> add(weight.getName());
            case TcpProxy proxy -> add(proxy.getCluster());
            case TcpProxy.WeightedCluster.ClusterWeight weight -> add(weight.getName());
            default -> {}
        }
        for (Map.Entry<FieldDescriptor, Object> field : message.getAllFields().entrySet()) {
            if (field.getKey().getJavaType() == FieldDescriptor.JavaType.MESSAGE) {
                Collection<?> values =
                        field.getValue() instanceof Collection<?> list ? list : List.of(field.getValue());
                for (Object value : values) {
                    visit((Message) value);
                }
            }
        }
    }

    private void add(String cluster) {
        if (!cluster.isEmpty()) {
            clusters.add(cluster);
        }
    }
}
