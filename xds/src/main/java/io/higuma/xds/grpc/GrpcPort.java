package io.higuma.xds.grpc;

import com.linecorp.armeria.common.HttpHeaderNames;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.common.ResponseHeaders;
import com.linecorp.armeria.server.ServerBuilder;
import com.linecorp.armeria.server.ServiceRequestContext;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The gRPC methods of the port for data planes, as something to add to an Armeria server with TLS.
///
/// ```java
/// GrpcPort port = new GrpcPort(PortLimits.DEFAULT);
/// ads.addTo(port);
/// port.addTo(Server.builder().https(5678).tls(…)).service("/bootstrap", …).build().start();
/// ```
///
/// A connection whose first request is one of them is taken from the server ([GrpcTransport], docs/adr/021): from the
/// ready bytes into the buffer that leaves there is one copy.
public final class GrpcPort {

    static final int STREAMS_PER_CONNECTION = 100;
    static final int WINDOW_BYTES = 1 << 20;

    private final PortLimits limits;
    private final Map<String, GrpcMethod> methods = new HashMap<>();

    public GrpcPort(PortLimits limits) {
        this.limits = limits;
    }

    /// @param path `/<package>.<Service>/<Method>`
    void add(String path, GrpcMethod method) {
        methods.put(path, method);
    }

    /// Adds the methods that were added to this port, and sets what protects the port as a whole: number of
    /// connections, idle time, pings, and HTTP/2 windows. The caller adds ports, certificates and other services.
    public ServerBuilder addTo(ServerBuilder server) {
        for (String path : methods.keySet()) {
            server.service(path, (context, request) -> misdirected(context));
        }
        return server.maxNumConnections(limits.maxConnections())
                .idleTimeout(Duration.ZERO) // GrpcConnection and GrpcTransport see to it
                .http2InitialConnectionWindowSize(WINDOW_BYTES)
                .http2InitialStreamWindowSize(WINDOW_BYTES)
                .http2MaxStreamsPerConnection(STREAMS_PER_CONNECTION)
                .childChannelPipelineCustomizer(pipeline -> pipeline.addLast(new GrpcConnection(this)));
    }

    /// A call of ours that reached the server: not over HTTP/2, or on a connection that began with another request.
    private static HttpResponse misdirected(ServiceRequestContext context) {
        if (!context.sessionProtocol().isMultiplex()) {
            return HttpResponse.of(
                    HttpStatus.HTTP_VERSION_NOT_SUPPORTED, MediaType.PLAIN_TEXT_UTF_8, "gRPC needs HTTP/2");
        }
        var _ = context.initiateConnectionShutdown();
        return HttpResponse.of(ResponseHeaders.of(
                HttpStatus.OK,
                HttpHeaderNames.CONTENT_TYPE,
                "application/grpc",
                "grpc-status",
                GrpcStatus.UNAVAILABLE,
                "grpc-message",
                "this connection began with another request; gRPC needs one of its own"));
    }

    PortLimits limits() {
        return limits;
    }

    Optional<GrpcMethod> method(@Nullable CharSequence path) {
        return path == null ? Optional.empty() : Optional.ofNullable(methods.get(path.toString()));
    }
}
