package io.higuma.cli.client;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.UnknownHostException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.channels.UnresolvedAddressException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import javax.net.ssl.SSLException;
import tools.jackson.databind.JsonNode;

/// The REST API of one control plane. Every method waits for the answer; thread-safe.
///
/// All methods throw [RefusedException] when the control plane says no, and [UnreachableException] when it says
/// nothing.
public final class ControlPlane implements AutoCloseable {

    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(5);
    private static final long POLL_MILLIS = 200;
    private static final Duration TIMEOUT = Duration.ofMinutes(1);

    private final Endpoint endpoint;
    private final HttpClient http;
    private final Consumer<String> waiting;

    public ControlPlane(Endpoint endpoint) {
        this(endpoint, words -> {});
    }

    /// @param waiting told once when nobody listens yet and somebody is waited for
    public ControlPlane(Endpoint endpoint, Consumer<String> waiting) {
        this.endpoint = endpoint;
        this.waiting = waiting;
        HttpClient.Builder builder =
                HttpClient.newBuilder().connectTimeout(CONNECT_TIMEOUT).version(HttpClient.Version.HTTP_1_1);
        if ("https".equals(endpoint.address().getScheme())) {
            Trust.of(endpoint).ifPresent(builder::sslContext);
        }
        this.http = builder.build();
    }

    /// @param path with its query, beginning with a slash; names in it go through [#segment]
    /// @return the answer; a thing that does not exist is an answer with [Answer#found] false
    public Answer read(String path) {
        return send(request(path).GET().build(), true);
    }

    public Answer put(String path, JsonNode body) {
        return send(
                request(path)
                        .header("Content-Type", "application/json")
                        .PUT(HttpRequest.BodyPublishers.ofString(Json.write(body)))
                        .build(),
                false);
    }

    public Answer post(String path, JsonNode body) {
        return send(
                request(path)
                        .header("Content-Type", "application/json")
                        .POST(HttpRequest.BodyPublishers.ofString(Json.write(body)))
                        .build(),
                false);
    }

    public Answer delete(String path) {
        return send(request(path).DELETE().build(), true);
    }

    public Endpoint endpoint() {
        return endpoint;
    }

    /// A name as a part of a path.
    public static String segment(String name) {
        return URLEncoder.encode(name, StandardCharsets.UTF_8).replace("+", "%20");
    }

    @Override
    public void close() {
        http.shutdownNow();
    }

    private HttpRequest.Builder request(String path) {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(URI.create(endpoint.base() + path)).timeout(TIMEOUT);
        endpoint.token().ifPresent(token -> request.header("Authorization", "Bearer " + token.text()));
        return request;
    }

    private Answer send(HttpRequest request, boolean mayBeAbsent) {
        HttpResponse<String> response;
        try {
            response = sendPatiently(request);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new UnreachableException("interrupted while waiting for " + endpoint.base(), e);
        } catch (IOException e) {
            throw new UnreachableException(
                    "no control plane answers at " + endpoint.base() + ": " + Reason.of(e) + ".", e);
        }
        int status = response.statusCode();
        if (status < 300 || (status == 404 && mayBeAbsent)) {
            return new Answer(status, response.body(), revision(response));
        }
        throw RefusedException.of(status, response.body());
    }

    /// Nothing has been sent when a connection is refused, so trying again is safe for every method.
    private HttpResponse<String> sendPatiently(HttpRequest request) throws IOException, InterruptedException {
        long end = System.nanoTime() + endpoint.patience().toNanos();
        boolean said = false;
        while (true) {
            try {
                return http.send(request, HttpResponse.BodyHandlers.ofString());
            } catch (ConnectException refused) {
                if (System.nanoTime() - end >= 0) {
                    throw refused;
                }
                if (!said) {
                    said = true;
                    waiting.accept("no control plane answers at " + endpoint.base() + " yet; waiting up to "
                            + endpoint.patience().toSeconds() + " s for one that is just starting");
                }
                TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
            }
        }
    }

    private static OptionalLong revision(HttpResponse<String> response) {
        return response.headers().firstValueAsLong("higuma-revision");
    }

    /// Why a connection failed, in words a person can act on.
    private static final class Reason {

        static String of(IOException e) {
            return switch (e) {
                case HttpTimeoutException late -> "no answer in time";
                case ConnectException refused
                when has(refused, UnresolvedAddressException.class) -> "the host name is unknown";
                case ConnectException refused -> "connection refused";
                case UnknownHostException unknown -> "the host name is unknown";
                case SSLException tls ->
                    "its certificate is not trusted (" + tls.getMessage() + "); give its CA with --ca-cert-file";
                case InterruptedIOException interrupted -> "interrupted";
                default -> e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
            };
        }

        private static boolean has(Throwable e, Class<? extends Throwable> kind) {
            for (Throwable cause = e; cause != null; cause = cause.getCause()) {
                if (kind.isInstance(cause)) {
                    return true;
                }
            }
            return false;
        }
    }
}
