package io.higuma.envoy.check;

import com.google.protobuf.Any;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
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
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// What a message leads to: clusters of routes, mirrors and TCP proxies, endpoints of EDS clusters, routes of RDS,
/// secrets of SDS. Clusters that a bootstrap brings are named by gRPC services only, which are not looked at.
public final class References {

    /// What an `Any` may hold that leads somewhere, by its URL.
    private static final Map<String, Descriptor> INSIDE = Stream.of(
                    HttpConnectionManager.getDescriptor(),
                    TcpProxy.getDescriptor(),
                    UpstreamTlsContext.getDescriptor(),
                    DownstreamTlsContext.getDescriptor())
            .collect(Collectors.toMap(type -> "type.googleapis.com/" + type.getFullName(), Function.identity()));

    private static final Map<Descriptor, Own> LEADING = Map.of(
            Any.getDescriptor(),
            References::packed,
            Cluster.getDescriptor(),
            References::endpoints,
            SdsSecretConfig.getDescriptor(),
            References::secret,
            Rds.getDescriptor(),
            named(TypeUrl.ROUTE, Rds.ROUTE_CONFIG_NAME_FIELD_NUMBER),
            RouteAction.getDescriptor(),
            named(TypeUrl.CLUSTER, RouteAction.CLUSTER_FIELD_NUMBER),
            RouteAction.RequestMirrorPolicy.getDescriptor(),
            named(TypeUrl.CLUSTER, RouteAction.RequestMirrorPolicy.CLUSTER_FIELD_NUMBER),
            WeightedCluster.ClusterWeight.getDescriptor(),
            named(TypeUrl.CLUSTER, WeightedCluster.ClusterWeight.NAME_FIELD_NUMBER),
            TcpProxy.getDescriptor(),
            named(TypeUrl.CLUSTER, TcpProxy.CLUSTER_FIELD_NUMBER),
            TcpProxy.WeightedCluster.ClusterWeight.getDescriptor(),
            named(TypeUrl.CLUSTER, TcpProxy.WeightedCluster.ClusterWeight.NAME_FIELD_NUMBER));

    private static final Map<Descriptor, Plan> PLANS = new ConcurrentHashMap<>();

    private final Set<Reference> found = new LinkedHashSet<>();

    private References() {}

    /// What a message of a type leads to by its own fields.
    @FunctionalInterface
    private interface Own {
        void look(References references, Fields message);
    }

    /// How messages of one type are looked at; found once, because most fields lead nowhere.
    ///
    /// @param own null if the type itself leads nowhere
    /// @param inside types of the fields that can lead somewhere, by field number
    private record Plan(@Nullable Own own, Map<Integer, Descriptor> inside) {

        static Plan of(Descriptor type) {
            Plan known = PLANS.get(type);
            if (known == null) {
                known = new Plan(
                        LEADING.get(type),
                        type.getFields().stream()
                                .filter(field -> Shapes.leads(field, LEADING::containsKey))
                                .collect(Collectors.toUnmodifiableMap(
                                        FieldDescriptor::getNumber, FieldDescriptor::getMessageType)));
                PLANS.put(type, known);
            }
            return known;
        }
    }

    /// The references of a resource, each once, in the order of its fields.
    ///
    /// @param resource a message of the type as [io.higuma.envoy.Interner] encodes it
    public static List<Reference> of(Descriptor type, byte[] resource) {
        References references = new References();
        references.visit(type, Fields.of(resource));
        return new ArrayList<>(references.found);
    }

    private void visit(Descriptor type, Fields message) {
        Plan plan = Plan.of(type);
        if (plan.own() != null) {
            plan.own().look(this, message.again());
        }
        if (plan.inside().isEmpty()) {
            return;
        }
        while (message.next()) {
            Descriptor inside = plan.inside().get(message.number());
            if (inside != null) {
                visit(inside, message.inside());
            }
        }
    }

    private static Own named(TypeUrl type, int number) {
        return (references, message) -> references.add(type, message.textOf(number));
    }

    private void packed(Fields any) {
        Descriptor type = INSIDE.get(any.again().textOf(Any.TYPE_URL_FIELD_NUMBER));
        while (type != null && any.next()) {
            if (any.number() == Any.VALUE_FIELD_NUMBER) {
                visit(type, any.inside());
            }
        }
    }

    private void endpoints(Fields cluster) {
        String name = "";
        String service = "";
        boolean discovered = false;
        while (cluster.next()) {
            switch (cluster.number()) {
                case Cluster.NAME_FIELD_NUMBER -> name = cluster.text();
                case Cluster.TYPE_FIELD_NUMBER -> discovered = cluster.value() == Cluster.DiscoveryType.EDS_VALUE;
                case Cluster.EDS_CLUSTER_CONFIG_FIELD_NUMBER ->
                    service = cluster.inside().textOf(Cluster.EdsClusterConfig.SERVICE_NAME_FIELD_NUMBER);
                default -> {
                    // says nothing about endpoints
                }
            }
        }
        if (discovered) {
            add(TypeUrl.ENDPOINT, service.isEmpty() ? name : service);
        }
    }

    private void secret(Fields secret) {
        String name = "";
        boolean discovered = false;
        while (secret.next()) {
            switch (secret.number()) {
                case SdsSecretConfig.NAME_FIELD_NUMBER -> name = secret.text();
                case SdsSecretConfig.SDS_CONFIG_FIELD_NUMBER -> discovered = true;
                default -> {
                    // says nothing about where it comes from
                }
            }
        }
        if (discovered) {
            add(TypeUrl.SECRET, name);
        }
    }

    private void add(TypeUrl type, String name) {
        if (!name.isEmpty()) {
            found.add(new Reference(type, name));
        }
    }
}
