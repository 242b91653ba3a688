package io.higuma.testkit.golden;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.util.JsonFormat;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.endpoint.v3.ClusterLoadAssignment;
import io.envoyproxy.envoy.config.listener.v3.Listener;
import io.envoyproxy.envoy.config.route.v3.RouteConfiguration;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.Secret;
import io.higuma.model.wire.ResourceSet;
import io.higuma.model.wire.TypeUrl;
import io.higuma.model.wire.WireResource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.dataformat.yaml.YAMLMapper;
import tools.jackson.dataformat.yaml.YAMLWriteFeature;

/// Envoy's messages as YAML with sorted keys, whatever order they were made in.
public final class EnvoyText {

    private static final JsonFormat.TypeRegistry TYPES = JsonFormat.TypeRegistry.newBuilder()
            .add(List.of(
                    io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager
                            .getDescriptor(),
                    io.envoyproxy.envoy.extensions.filters.http.router.v3.Router.getDescriptor(),
                    io.envoyproxy.envoy.extensions.filters.http.rbac.v3.RBAC.getDescriptor(),
                    io.envoyproxy.envoy.extensions.filters.http.rbac.v3.RBACPerRoute.getDescriptor(),
                    io.envoyproxy.envoy.extensions.filters.http.grpc_stats.v3.FilterConfig.getDescriptor(),
                    io.envoyproxy.envoy.extensions.filters.network.rbac.v3.RBAC.getDescriptor(),
                    io.envoyproxy.envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy.getDescriptor(),
                    io.envoyproxy.envoy.extensions.filters.udp.dns_filter.v3.DnsFilterConfig.getDescriptor(),
                    io.envoyproxy.envoy.extensions.filters.network.set_filter_state.v3.Config.getDescriptor(),
                    io.envoyproxy.envoy.extensions.filters.listener.tls_inspector.v3.TlsInspector.getDescriptor(),
                    io.envoyproxy.envoy.extensions.matching.common_inputs.ssl.v3.UriSanInput.getDescriptor(),
                    io.envoyproxy.envoy.extensions.matching.common_inputs.network.v3.ServerNameInput.getDescriptor(),
                    io.envoyproxy.envoy.config.rbac.v3.Action.getDescriptor(),
                    io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext.getDescriptor(),
                    io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext.getDescriptor(),
                    io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.SPIFFECertValidatorConfig.getDescriptor(),
                    io.envoyproxy.envoy.extensions.upstreams.http.v3.HttpProtocolOptions.getDescriptor(),
                    io.envoyproxy.envoy.extensions.retry.host.previous_hosts.v3.PreviousHostsPredicate.getDescriptor()))
            .build();
    private static final JsonFormat.Printer PRINTER = JsonFormat.printer().usingTypeRegistry(TYPES);
    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final YAMLMapper YAML = YAMLMapper.builder()
            .disable(YAMLWriteFeature.WRITE_DOC_START_MARKER)
            .enable(YAMLWriteFeature.MINIMIZE_QUOTES)
            .build();

    private EnvoyText() {}

    /// A set as one YAML document: messages by name. Empty for an empty set.
    public static String yaml(ResourceSet set) {
        if (set.size() == 0) {
            return "";
        }
        Map<String, Object> byName = new TreeMap<>();
        set.byName()
                .forEach((name, resource) ->
                        byName.put(name, sorted(JSON.readValue(json(message(resource)), Object.class))));
        return YAML.writeValueAsString(byName);
    }

    /// The message in a resource.
    public static Message message(WireResource resource) {
        try {
            byte[] bytes = resource.bytes().array();
            return switch (resource.type()) {
                case CLUSTER -> Cluster.parseFrom(bytes);
                case ENDPOINT -> ClusterLoadAssignment.parseFrom(bytes);
                case LISTENER -> Listener.parseFrom(bytes);
                case ROUTE -> RouteConfiguration.parseFrom(bytes);
                case SECRET -> Secret.parseFrom(bytes);
            };
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalArgumentException(
                    resource + " is not of type " + TypeUrl.of(resource.type().url()), e);
        }
    }

    public static String json(Message message) {
        try {
            return PRINTER.print(message);
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalArgumentException("a type is missing in the registry: add it in EnvoyText", e);
        }
    }

    private static Object sorted(Object value) {
        return switch (value) {
            case Map<?, ?> map -> {
                Map<String, Object> sorted = new TreeMap<>();
                map.forEach((key, entry) -> sorted.put((String) key, sorted(entry)));
                yield sorted;
            }
            case List<?> list -> {
                List<Object> copies = new ArrayList<>();
                list.forEach(item -> copies.add(sorted(item)));
                yield copies;
            }
            default -> value;
        };
    }
}
