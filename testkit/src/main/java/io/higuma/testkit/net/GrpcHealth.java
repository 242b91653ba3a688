package io.higuma.testkit.net;

import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.StatusRuntimeException;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.protobuf.services.HealthStatusManager;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

/// A gRPC service that knows nothing of the mesh: grpc-java's own server with the standard health service, without
/// TLS. It remembers the `x-forwarded-client-cert` of its last caller.
public final class GrpcHealth implements AutoCloseable {

    private static final Metadata.Key<String> CALLER =
            Metadata.Key.of("x-forwarded-client-cert", Metadata.ASCII_STRING_MARSHALLER);
    private static final long PATIENCE_SECONDS = 10;

    private final io.grpc.Server server;
    private final AtomicReference<String> caller = new AtomicReference<>("");

    private GrpcHealth(InetSocketAddress address) {
        this.server = NettyServerBuilder.forAddress(address)
                .addService(new HealthStatusManager().getHealthService())
                .intercept(new Witness())
                .build();
    }

    /// @param address its port may be 0: see [#port]
    public static GrpcHealth start(InetSocketAddress address) throws IOException {
        GrpcHealth service = new GrpcHealth(address);
        service.server.start();
        return service;
    }

    public int port() {
        return server.getPort();
    }

    /// What the proxy said of the last caller; empty if nothing.
    public String caller() {
        return caller.get();
    }

    /// Asks a health service with grpc-java's own client, over a connection of its own.
    ///
    /// @return `SERVING`, or the code and the words of the refusal
    public static String ask(String host, int port) {
        io.grpc.ManagedChannel channel =
                NettyChannelBuilder.forAddress(host, port).usePlaintext().build();
        try {
            return HealthGrpc.newBlockingStub(channel)
                    .withDeadlineAfter(PATIENCE_SECONDS, TimeUnit.SECONDS)
                    .check(HealthCheckRequest.getDefaultInstance())
                    .getStatus()
                    .name();
        } catch (StatusRuntimeException e) {
            return e.getStatus().getCode() + ": " + e.getStatus().getDescription();
        } finally {
            channel.shutdownNow();
        }
    }

    @Override
    public void close() {
        server.shutdownNow();
    }

    private final class Witness implements ServerInterceptor {
        @Override
        public <Q, A> ServerCall.Listener<Q> interceptCall(
                ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
            String said = headers.get(CALLER);
            caller.set(said == null ? "" : said);
            return next.startCall(call, headers);
        }
    }
}
