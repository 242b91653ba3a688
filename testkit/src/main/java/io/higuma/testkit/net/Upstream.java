package io.higuma.testkit.net;

import com.linecorp.armeria.common.AggregatedHttpRequest;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.common.TlsKeyPair;
import com.linecorp.armeria.common.TlsProvider;
import com.linecorp.armeria.server.Server;
import com.linecorp.armeria.server.ServerBuilder;
import com.linecorp.armeria.server.ServerTlsConfig;
import io.netty.handler.ssl.ClientAuth;
import java.io.ByteArrayInputStream;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

/// A service that knows nothing of the mesh: speaks HTTP/1.1 and HTTP/2 without TLS on one port, and answers with its
/// name and the headers it got, one `name: value` per line.
public final class Upstream implements AutoCloseable {

    private final String name;
    private final Server server;
    private final AtomicInteger requests = new AtomicInteger();
    private final AtomicReference<Duration> delay = new AtomicReference<>(Duration.ZERO);

    private Upstream(String name, ServerBuilder builder) {
        this.name = name;
        this.server = builder.serviceUnder(
                        "/",
                        (context, request) ->
                                HttpResponse.of(request.aggregate().thenApply(this::answer)))
                .requestTimeout(Duration.ofMinutes(1))
                .build();
    }

    /// @param address its port may be 0: see [#port]
    public static Upstream start(String name, InetSocketAddress address) {
        return started(new Upstream(name, Server.builder().http(address)));
    }

    /// One that speaks TLS, and only with clients that show a certificate.
    ///
    /// @param certificate PEM; also of whoever signed the clients' certificates
    /// @param key PEM
    public static Upstream startTls(String name, InetSocketAddress address, String certificate, String key) {
        TlsKeyPair pair = TlsKeyPair.of(
                new ByteArrayInputStream(key.getBytes(StandardCharsets.US_ASCII)),
                new ByteArrayInputStream(certificate.getBytes(StandardCharsets.US_ASCII)));
        return started(new Upstream(
                name,
                Server.builder()
                        .https(address)
                        .tlsProvider(
                                TlsProvider.builder()
                                        .keyPair(pair)
                                        .trustedCertificates(pair.certificateChain())
                                        .build(),
                                ServerTlsConfig.builder()
                                        .clientAuth(ClientAuth.REQUIRE)
                                        .build())));
    }

    private static Upstream started(Upstream upstream) {
        upstream.server.start().join();
        return upstream;
    }

    public int port() {
        return server.activeLocalPort();
    }

    /// How many requests arrived.
    public int requests() {
        return requests.get();
    }

    /// From now on every answer takes this long.
    public void slowDown(Duration by) {
        delay.set(by);
    }

    private HttpResponse answer(AggregatedHttpRequest request) {
        requests.incrementAndGet();
        StringBuilder body = new StringBuilder("service: ").append(name).append('\n');
        request.headers()
                .forEach((key, value) ->
                        body.append(key).append(": ").append(value).append('\n'));
        HttpResponse response = HttpResponse.of(HttpStatus.OK, MediaType.PLAIN_TEXT_UTF_8, body.toString());
        Duration wait = delay.get();
        return wait.isZero() ? response : HttpResponse.delayed(response, wait);
    }

    /// Takes no more connections; the rest is not waited for.
    @Override
    public void close() {
        java.util.concurrent.CompletableFuture<?> _ = server.closeAsync();
    }
}
