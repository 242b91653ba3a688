package io.higuma.dataplane.bootstrap;

import io.higuma.dataplane.StopException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.UnknownHostException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.channels.UnresolvedAddressException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.Base64;
import java.util.Locale;
import java.util.Optional;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLPeerUnverifiedException;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Asks a control plane for a bootstrap. One request is one [Attempt]; [Patience] decides what to do with it.
public final class BootstrapClient implements AutoCloseable {

    private static final Duration TIMEOUT = Duration.ofSeconds(10);

    private static final String AMEND = ".\nSet that clock right, or give the control plane another certificate.";

    private final ControlPlaneAddress address;
    private final InstantSource clock;
    private final HttpClient http;

    /// @param clock the dates of the control plane's certificate are held against it
    public BootstrapClient(ControlPlaneAddress address, InstantSource clock) {
        this.address = address;
        this.clock = clock;
        HttpClient.Builder builder =
                HttpClient.newBuilder().connectTimeout(TIMEOUT).version(HttpClient.Version.HTTP_1_1);
        Trust.of(address).ifPresent(builder::sslContext);
        this.http = builder.build();
    }

    public Attempt ask(BootstrapRequest request) {
        try {
            return answered(http.send(
                    HttpRequest.newBuilder(address.bootstrap())
                            .timeout(TIMEOUT)
                            .header("accept", "application/json")
                            .header("content-type", "application/json")
                            .POST(HttpRequest.BodyPublishers.ofString(
                                    request.json().toString()))
                            .build(),
                    HttpResponse.BodyHandlers.ofString()));
        } catch (IOException e) {
            return failed(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new Attempt.Refused("interrupted", StopException.UNREACHABLE);
        }
    }

    @Override
    public void close() {
        http.shutdownNow();
    }

    /// The table of `reference/dataplane.md` 1.3.
    private Attempt answered(HttpResponse<String> response) {
        String body = response.body().strip();
        int status = response.statusCode();
        if (status == 200) {
            return untimely(response)
                    .<Attempt>map(why -> new Attempt.Refused(why, StopException.REFUSED))
                    .orElseGet(() -> given(body));
        }
        if (status == 404 && body.isEmpty()) {
            return new Attempt.Later("the control plane does not know this dataplane or its mesh yet");
        }
        if (status == 404 && body.equals("404: Page Not Found")) {
            return new Attempt.Later(
                    "what answers at " + address.uri()
                            + " has no /bootstrap: --cp-address must name the control plane's dataplane port (5678 by default)");
        }
        if (status == 401 || status == 403) {
            return new Attempt.Refused(
                    "the control plane refuses the token" + after(body)
                            + "\nMake a fitting one with `higuma generate dataplane-token`.",
                    StopException.REFUSED);
        }
        if (status == 422 && body.startsWith("Dataplane Token is required")) {
            return new Attempt.Refused(
                    "the control plane lets nobody in without a token.\nMake one with `higuma generate dataplane-token`"
                            + " and give it with --dataplane-token-file.",
                    StopException.REFUSED);
        }
        if (status >= 400 && status < 500) {
            return new Attempt.Refused("the control plane refuses this dataplane" + after(body), StopException.REFUSED);
        }
        return new Attempt.Later("the control plane answers with status " + status + after(body));
    }

    /// The JDK does not look at the dates of a certificate that it was given as its own
    /// authority. Envoy does, and would never connect.
    private Optional<String> untimely(HttpResponse<String> response) {
        try {
            if (response.sslSession().isPresent()
                    && response.sslSession().get().getPeerCertificates()[0] instanceof X509Certificate certificate) {
                Instant now = clock.instant();
                Instant begin = certificate.getNotBefore().toInstant();
                Instant end = certificate.getNotAfter().toInstant();
                if (now.isBefore(begin) || now.isAfter(end)) {
                    return Optional.of("the certificate of " + address.uri() + " is valid from " + begin + " until "
                            + end + ", and the clock of this host says " + now.truncatedTo(ChronoUnit.SECONDS)
                            + ": Envoy would not connect" + AMEND);
                }
            }
            return Optional.empty();
        } catch (SSLPeerUnverifiedException e) {
            return Optional.empty(); // then the handshake would not have come to an end
        }
    }

    private static Attempt given(String body) {
        try {
            JsonNode answer = JsonMapper.shared().readTree(body);
            return new Attempt.Given(
                    Base64.getDecoder().decode(answer.path("bootstrap").asString("")),
                    answer.path("warnings")
                            .valueStream()
                            .map(warning -> warning.asString(""))
                            .toList());
        } catch (JacksonException | IllegalArgumentException e) {
            return new Attempt.Refused("the control plane's bootstrap cannot be read", StopException.REFUSED);
        }
    }

    private static String after(String body) {
        return body.isEmpty() ? "" : ": " + body;
    }

    private Attempt failed(IOException e) {
        return switch (e) {
            case SSLException untrusted -> untrusted(untrusted);
            case UnknownHostException unknown -> unknownHost();
            case ConnectException refused when has(refused, UnresolvedAddressException.class) -> unknownHost();
            case ConnectException absent -> new Attempt.Later("no control plane listens at " + address.uri());
            case HttpTimeoutException late ->
                new Attempt.Later("the control plane at " + address.uri() + " does not answer in time");
            default -> new Attempt.Later("the connection to " + address.uri() + " broke: " + e.getMessage());
        };
    }

    private Attempt unknownHost() {
        return new Attempt.Later("the host name `" + address.uri().getHost() + "` of --cp-address is unknown");
    }

    private Attempt untrusted(SSLException e) {
        String words = String.valueOf(e.getMessage());
        String lower = words.toLowerCase(Locale.ROOT);
        if (lower.contains("no subject alternative") || lower.contains("no name matching")) {
            return new Attempt.Refused(
                    "the control plane's certificate does not name `"
                            + address.uri().getHost() + "` (" + words
                            + ").\nUse an address it names, or give the control plane a certificate for this one.",
                    StopException.REFUSED);
        }
        if (has(e, CertificateExpiredException.class) || has(e, CertificateNotYetValidException.class)) {
            return new Attempt.Refused(
                    "the certificate of " + address.uri()
                            + " is expired, or not valid yet; the clock of this host says "
                            + clock.instant().truncatedTo(ChronoUnit.SECONDS) + AMEND,
                    StopException.REFUSED);
        }
        if (!lower.contains("path") && !lower.contains("certificate") && !lower.contains("trust")) {
            return new Attempt.Later("the control plane at " + address.uri() + " does not speak TLS: " + words);
        }
        return new Attempt.Refused(
                "the certificate of " + address.uri() + " is not trusted ("
                        + (lower.contains("unable to find valid certification path")
                                ? "nobody who is trusted here has signed it"
                                : words)
                        + ").\nGive its CA with --ca-cert-file:"
                        + " the control plane keeps it in its data folder, by default ~/.higuma/cp/tls/server.crt.",
                StopException.REFUSED);
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
