package io.higuma.testkit.net;

import com.linecorp.armeria.common.AggregatedHttpRequest;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.server.Server;
import java.net.InetSocketAddress;
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

    private Upstream(String name, InetSocketAddress address) {
        this.name = name;
        this.server = Server.builder()
                .http(address)
                .serviceUnder(
                        "/",
                        (context, request) ->
                                HttpResponse.of(request.aggregate().thenApply(this::answer)))
                .requestTimeout(Duration.ofMinutes(1))
                .build();
    }

    /// @param address its port may be 0: see [#port]
    public static Upstream start(String name, InetSocketAddress address) {
        Upstream upstream = new Upstream(name, address);
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
