package io.higuma.bench.wire;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.core.v3.TransportSocket;
import io.envoyproxy.envoy.config.listener.v3.Filter;
import io.envoyproxy.envoy.config.listener.v3.FilterChain;
import io.envoyproxy.envoy.config.listener.v3.Listener;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.CommonTlsContext;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.SdsSecretConfig;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext;
import io.higuma.model.wire.TypeUrl;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;

/// What an Envoy asks for by name once it has a resource.
///
/// @param endpoints EDS names, of a cluster
/// @param routes RDS names, of a listener
/// @param secrets SDS names, of both
public record References(List<String> endpoints, List<String> routes, List<String> secrets) {

    static final References NONE = new References(List.of(), List.of(), List.of());

    public References {
        endpoints = List.copyOf(endpoints);
        routes = List.copyOf(routes);
        secrets = List.copyOf(secrets);
    }

    /// The names of one type.
    public List<String> names(TypeUrl type) {
        return switch (type) {
            case ENDPOINT -> endpoints;
            case ROUTE -> routes;
            case SECRET -> secrets;
            case CLUSTER, LISTENER -> List.of();
        };
    }

    static References of(TypeUrl type, byte[] bytes) {
        try {
            References found = switch (type) {
                case CLUSTER -> ofCluster(Cluster.parseFrom(bytes));
                case LISTENER -> ofListener(Listener.parseFrom(bytes));
                case ENDPOINT, ROUTE, SECRET -> NONE;
            };
            return found.equals(NONE) ? NONE : found;
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalArgumentException("a " + type + " that cannot be parsed", e);
        }
    }

    private static References ofCluster(Cluster cluster) throws InvalidProtocolBufferException {
        List<String> endpoints = List.of();
        if (cluster.getType() == Cluster.DiscoveryType.EDS) {
            String service = cluster.getEdsClusterConfig().getServiceName();
            endpoints = List.of(service.isEmpty() ? cluster.getName() : service);
        }
        TreeSet<String> secrets = new TreeSet<>();
        if (cluster.hasTransportSocket()) {
            secrets(cluster.getTransportSocket(), secrets);
        }
        for (Cluster.TransportSocketMatch match : cluster.getTransportSocketMatchesList()) {
            secrets(match.getTransportSocket(), secrets);
        }
        return new References(endpoints, List.of(), List.copyOf(secrets));
    }

    private static References ofListener(Listener listener) throws InvalidProtocolBufferException {
        TreeSet<String> routes = new TreeSet<>();
        TreeSet<String> secrets = new TreeSet<>();
        List<FilterChain> chains = new ArrayList<>(listener.getFilterChainsList());
        if (listener.hasDefaultFilterChain()) {
            chains.add(listener.getDefaultFilterChain());
        }
        for (FilterChain chain : chains) {
            if (chain.hasTransportSocket()) {
                secrets(chain.getTransportSocket(), secrets);
            }
            for (Filter filter : chain.getFiltersList()) {
                Any config = filter.getTypedConfig();
                if (config.getTypeUrl().endsWith(".HttpConnectionManager")) {
                    HttpConnectionManager http = HttpConnectionManager.parseFrom(config.getValue());
                    if (http.hasRds()) {
                        routes.add(http.getRds().getRouteConfigName());
                    }
                }
            }
        }
        return new References(List.of(), List.copyOf(routes), List.copyOf(secrets));
    }

    private static void secrets(TransportSocket socket, TreeSet<String> out) throws InvalidProtocolBufferException {
        Any config = socket.getTypedConfig();
        if (config.getTypeUrl().endsWith(".UpstreamTlsContext")) {
            secrets(UpstreamTlsContext.parseFrom(config.getValue()).getCommonTlsContext(), out);
        } else if (config.getTypeUrl().endsWith(".DownstreamTlsContext")) {
            secrets(DownstreamTlsContext.parseFrom(config.getValue()).getCommonTlsContext(), out);
        }
    }

    private static void secrets(CommonTlsContext tls, TreeSet<String> out) {
        List<SdsSecretConfig> all = new ArrayList<>(tls.getTlsCertificateSdsSecretConfigsList());
        all.add(tls.getValidationContextSdsSecretConfig());
        all.add(tls.getCombinedValidationContext().getValidationContextSdsSecretConfig());
        for (SdsSecretConfig secret : all) {
            if (secret.hasSdsConfig()) {
                out.add(secret.getName());
            }
        }
    }
}
