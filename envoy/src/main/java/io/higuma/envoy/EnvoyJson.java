package io.higuma.envoy;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.util.JsonFormat;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.core.v3.DataSource;
import io.envoyproxy.envoy.config.endpoint.v3.ClusterLoadAssignment;
import io.envoyproxy.envoy.config.listener.v3.Listener;
import io.envoyproxy.envoy.config.route.v3.RouteConfiguration;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.Secret;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.TlsCertificate;
import io.higuma.model.wire.TypeUrl;
import io.higuma.model.wire.WireResource;
import java.util.List;

/// xDS resources as people read them: protobuf's JSON.
public final class EnvoyJson {

    private static final DataSource REDACTED =
            DataSource.newBuilder().setInlineString("[redacted]").build();

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

    private EnvoyJson() {}

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

    /// A resource as JSON text. Of a secret only what is public: never a private key.
    public static String json(WireResource resource) {
        return json(open(resource));
    }

    /// The same with the names of fields as Envoy's admin interface writes them: `lb_policy`, not `lbPolicy`.
    public static String asEnvoyWrites(WireResource resource) {
        return print(PRINTER.preservingProtoFieldNames(), open(resource));
    }

    private static Message open(WireResource resource) {
        Message message = message(resource);
        return message instanceof Secret secret ? shown(secret) : message;
    }

    private static Secret shown(Secret secret) {
        return switch (secret.getTypeCase()) {
            case TLS_CERTIFICATE ->
                Secret.newBuilder()
                        .setName(secret.getName())
                        .setTlsCertificate(TlsCertificate.newBuilder()
                                .setCertificateChain(secret.getTlsCertificate().getCertificateChain())
                                .setPrivateKey(REDACTED))
                        .build();
            case VALIDATION_CONTEXT -> secret;
            default -> Secret.newBuilder().setName(secret.getName()).build();
        };
    }

    /// A message as JSON text.
    public static String json(Message message) {
        return print(PRINTER, message);
    }

    private static String print(JsonFormat.Printer printer, Message message) {
        try {
            return printer.print(message);
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalArgumentException("a type is missing in the registry: add it in EnvoyJson", e);
        }
    }
}
