package io.higuma.envoy.check;

import com.google.protobuf.Any;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.Parser;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.route.v3.RouteAction;
import io.envoyproxy.envoy.config.route.v3.WeightedCluster;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.Rds;
import io.envoyproxy.envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.SdsSecretConfig;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext;
import io.higuma.model.wire.Reference;
import io.higuma.model.wire.TypeUrl;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// What a message leads to: clusters of routes, mirrors and TCP proxies, endpoints of EDS clusters, routes of RDS,
/// secrets of SDS. Clusters that a bootstrap brings are named by gRPC services only, which are not looked at.
public final class References {

    private static final Map<String, Parser<? extends Message>> INSIDE = Map.of(
            url(HttpConnectionManager.getDescriptor().getFullName()), HttpConnectionManager.parser(),
            url(TcpProxy.getDescriptor().getFullName()), TcpProxy.parser(),
            url(UpstreamTlsContext.getDescriptor().getFullName()), UpstreamTlsContext.parser(),
            url(DownstreamTlsContext.getDescriptor().getFullName()), DownstreamTlsContext.parser());

    private static final Set<Descriptor> LEADING = Set.of(
            Any.getDescriptor(),
            Cluster.getDescriptor(),
            Rds.getDescriptor(),
            SdsSecretConfig.getDescriptor(),
            RouteAction.getDescriptor(),
            RouteAction.RequestMirrorPolicy.getDescriptor(),
            WeightedCluster.ClusterWeight.getDescriptor(),
            TcpProxy.getDescriptor(),
            TcpProxy.WeightedCluster.ClusterWeight.getDescriptor());

    private static final Map<Descriptor, List<FieldDescriptor>> PLANS = new ConcurrentHashMap<>();

    private final Set<Reference> found = new LinkedHashSet<>();

    private References() {}

    private static String url(String message) {
        return "type.googleapis.com/" + message;
    }

    /// The references of a resource, each once, in the order of its fields.
    public static List<Reference> of(Message resource) {
        References references = new References();
        references.visit(resource);
        return new ArrayList<>(references.found);
    }

    private void visit(Message message) {
        switch (message) {
            case Any any -> inside(any);
            case Cluster cluster
            when cluster.getType() == Cluster.DiscoveryType.EDS -> {
                String service = cluster.getEdsClusterConfig().getServiceName();
                add(TypeUrl.ENDPOINT, service.isEmpty() ? cluster.getName() : service);
            }
            case Rds rds -> add(TypeUrl.ROUTE, rds.getRouteConfigName());
            case SdsSecretConfig secret when secret.hasSdsConfig() -> add(TypeUrl.SECRET, secret.getName());
            case RouteAction action -> add(TypeUrl.CLUSTER, action.getCluster());
            case RouteAction.RequestMirrorPolicy mirror -> add(TypeUrl.CLUSTER, mirror.getCluster());
            case WeightedCluster.ClusterWeight weight -> add(TypeUrl.CLUSTER, weight.getName());
            case TcpProxy proxy -> add(TypeUrl.CLUSTER, proxy.getCluster());
            case TcpProxy.WeightedCluster.ClusterWeight weight -> add(TypeUrl.CLUSTER, weight.getName());
            default -> {
                // leads nowhere itself
            }
        }
        for (FieldDescriptor field : plan(message.getDescriptorForType())) {
            if (field.isRepeated()) {
                ((Collection<?>) message.getField(field)).forEach(value -> visit((Message) value));
            } else if (message.hasField(field)) {
                visit((Message) message.getField(field));
            }
        }
    }

    /// The fields that can lead somewhere, in the order of their numbers.
    private static List<FieldDescriptor> plan(Descriptor type) {
        List<FieldDescriptor> known = PLANS.get(type);
        if (known == null) {
            known = type.getFields().stream()
                    .filter(field -> Shapes.leads(field, LEADING::contains))
                    .sorted()
                    .toList();
            PLANS.put(type, known);
        }
        return known;
    }

    private void inside(Any any) {
        Parser<? extends Message> parser = INSIDE.get(any.getTypeUrl());
        if (parser != null) {
            try {
                visit(parser.parseFrom(any.getValue()));
            } catch (InvalidProtocolBufferException e) {
                throw new IllegalArgumentException("an Any does not hold what it says: " + any.getTypeUrl(), e);
            }
        }
    }

    private void add(TypeUrl type, String name) {
        if (!name.isEmpty()) {
            found.add(new Reference(type, name));
        }
    }
}
