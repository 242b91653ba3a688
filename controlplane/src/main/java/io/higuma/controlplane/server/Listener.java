package io.higuma.controlplane.server;

import com.linecorp.armeria.common.Flags;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.SessionProtocol;
import com.linecorp.armeria.common.TlsKeyPair;
import com.linecorp.armeria.common.util.TransportType;
import com.linecorp.armeria.server.Server;
import com.linecorp.armeria.server.ServerBuilder;
import com.linecorp.armeria.server.ServerPort;
import io.higuma.api.http.ProtocolErrors;
import io.higuma.controlplane.StartException;
import io.higuma.controlplane.config.ControlPlaneConfig.Listen;
import io.higuma.identity.Pem;
import io.higuma.identity.ServerCertificate;
import io.micrometer.core.instrument.composite.CompositeMeterRegistry;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.nio.NioIoHandler;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.Future;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;

/// A running server with one or two ports.
public final class Listener implements AutoCloseable {

    private static final int MAX_BODY = 4 << 20;
    private static final int MAX_CONNECTIONS = 10_000;
    private static final Duration SLOWEST = Duration.ofSeconds(30);
    private static final Duration IDLE = Duration.ofMinutes(2);
    /// From a client of HTTP/2 hearing that it shall go until its connection is closed.
    private static final Duration GOING = Duration.ofMillis(100);
    private static final Duration LAST_ANSWERS = Duration.ofSeconds(3);

    /// Netty hands the key on in a key store that never leaves the process. PKCS #12, Java's default, would derive a
    /// key from its empty password with ten thousand rounds, twice per server.
    private static final String IN_MEMORY = "JKS";

    private final Server server;
    private final Answering answering;

    private Listener(Server server, Answering answering) {
        this.server = server;
        this.answering = answering;
    }

    /// Loads what every server needs, such as the transport and the TLS library, by making one that is not started.
    /// That takes about as long as reading what is stored, and can be done at the same time.
    public static void prepare(ServerCertificate certificate) {
        Builder spare = new Builder().https(new Listen("127.0.0.1", 0), "", certificate);
        spare.services().service("/", (context, request) -> HttpResponse.of(HttpStatus.NOT_FOUND));
        spare.services().build().close();
    }

    /// Collects what a server is made of.
    public static final class Builder {

        private final ServerBuilder server = Server.builder();
        private final Answering answering = new Answering();
        private final List<Wanted> wanted = new ArrayList<>();

        private record Wanted(Listen listen, String setting) {}

        /// Bounds that hold for every server: size of a body, time of a request, number and idle time of
        /// connections, and how soon one is given up whose host is gone.
        public Builder() {
            server.errorHandler(new ProtocolErrors())
                    .maxRequestLength(MAX_BODY)
                    .requestTimeout(SLOWEST)
                    .idleTimeout(IDLE)
                    .maxNumConnections(MAX_CONNECTIONS)
                    .decorator(answering::serve)
                    // Armeria would wait a second for each connection of HTTP/1.1, in use or not. Requests are waited
                    // for here, see retire; a client of HTTP/2 has the time to hear that it shall go.
                    .gracefulShutdownTimeout(Duration.ZERO, Duration.ZERO)
                    .connectionDrainDuration(GOING)
                    .bossGroupFactory(Acceptor::new)
                    .unloggedExceptionsReportInterval(Duration.ZERO) // ProtocolErrors logs faults
                    .meterRegistry(new CompositeMeterRegistry()) // into nothing: what we measure is in Diagnostics
                    .disableServerHeader()
                    .disableDateHeader();
            Keepalive.addTo(server);
        }

        /// @param setting the configuration key of the port, for the message when it is taken
        public Builder http(Listen listen, String setting) {
            return port(listen, setting, SessionProtocol.HTTP);
        }

        /// @param setting the configuration key of the port, for the message when it is taken
        public Builder https(Listen listen, String setting, ServerCertificate certificate) {
            server.tls(TlsKeyPair.of(Pem.privateKey(certificate.key()), Pem.certificates(certificate.certificate())))
                    .tlsCustomizer(tls -> tls.keyStoreType(IN_MEMORY));
            return port(listen, setting, SessionProtocol.HTTPS);
        }

        private Builder port(Listen listen, String setting, SessionProtocol protocol) {
            server.port(new InetSocketAddress(listen.address(), listen.port()), protocol);
            wanted.add(new Wanted(listen, setting));
            return this;
        }

        /// What the server serves.
        public ServerBuilder services() {
            return server;
        }

        /// @throws StartException with a sentence if a port cannot be had
        public Listener start() {
            Server built = server.build();
            try {
                built.start().join();
                return new Listener(built, answering);
            } catch (CompletionException e) {
                throw new StartException(reason(e), e);
            }
        }

        private String reason(CompletionException e) {
            for (Wanted one : wanted) {
                int port = one.listen().port();
                if (port != 0 && PortHolder.isTaken(one.listen().address(), port)) {
                    String holder = PortHolder.find(port).map(h -> " by " + h).orElse("");
                    return "port " + port + " on " + one.listen().address() + " cannot be used: it is taken" + holder
                            + ". Stop that process, or set " + one.setting() + " to another port (0 lets the system"
                            + " choose).";
                }
            }
            return "a server cannot be started: " + e.getCause();
        }
    }

    /// The port that was bound for HTTP, or for HTTPS.
    public Optional<Integer> port(boolean tls) {
        return server.activePorts().values().stream()
                .filter(p -> tls == p.hasTls())
                .map(ServerPort::localAddress)
                .map(InetSocketAddress::getPort)
                .findFirst();
    }

    /// Begins to stop and returns at once; [#close] waits for the end. Several listeners stop faster together.
    ///
    /// What is asked is answered before connections are closed, if that takes no longer than three seconds.
    public void retire() {
        var _ = stop(); // close waits for it
    }

    @Override
    public void close() {
        stop().join();
    }

    private CompletableFuture<Void> stop() {
        return answering.none(LAST_ANSWERS).thenCompose(nothing -> server.stop());
    }

    /// The thread that accepts connections. Netty's default waits two seconds in silence before it ends, in
    /// case somebody hands it more work; nobody does.
    private static final class Acceptor extends MultiThreadIoEventLoopGroup {
        Acceptor(String name) {
            super(
                    1,
                    new DefaultThreadFactory(name),
                    Flags.transportType() == TransportType.EPOLL
                            ? EpollIoHandler.newFactory()
                            : NioIoHandler.newFactory());
        }

        @Override
        public Future<?> shutdownGracefully() {
            return shutdownGracefully(0, SLOWEST.toSeconds(), TimeUnit.SECONDS);
        }
    }
}
