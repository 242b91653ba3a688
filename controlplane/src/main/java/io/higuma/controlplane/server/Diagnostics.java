package io.higuma.controlplane.server;

import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.common.ResponseHeaders;
import com.linecorp.armeria.server.HttpService;
import com.linecorp.armeria.server.ServerBuilder;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.util.Optional;
import java.util.function.Supplier;

/// `/health` (also `/healthy`), `/ready` and `/metrics`. Health is red while something needs a person; readiness is red
/// until everything a start makes is there, too.
public final class Diagnostics {

    private static final MediaType PROMETHEUS = MediaType.parse("text/plain; version=0.0.4; charset=utf-8");

    private Diagnostics() {}

    /// @param trouble a sentence while something is wrong
    /// @param ready whether the start is over
    public static void addTo(
            ServerBuilder server,
            Supplier<Optional<String>> trouble,
            Supplier<Boolean> ready,
            PrometheusMeterRegistry metrics) {
        HttpService health = (context, request) -> answer(trouble.get());
        server.service("/health", health)
                .service("/healthy", health)
                .service(
                        "/ready",
                        (context, request) -> answer(
                                trouble.get().or(() -> ready.get() ? Optional.empty() : Optional.of("starting"))))
                .service(
                        "/metrics", (context, request) -> HttpResponse.of(HttpStatus.OK, PROMETHEUS, metrics.scrape()));
    }

    private static HttpResponse answer(Optional<String> trouble) {
        return trouble.map(sentence ->
                        HttpResponse.of(HttpStatus.SERVICE_UNAVAILABLE, MediaType.PLAIN_TEXT_UTF_8, sentence + "\n"))
                .orElseGet(() -> HttpResponse.of(ResponseHeaders.of(HttpStatus.OK)));
    }
}
