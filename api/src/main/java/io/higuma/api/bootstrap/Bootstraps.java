package io.higuma.api.bootstrap;

import io.higuma.api.http.ApiResponse;
import io.higuma.model.Problem;
import io.higuma.model.Resource;
import io.higuma.model.core.CoreTypes;
import io.higuma.model.core.DataplaneSpec;
import io.higuma.model.wire.Bytes;
import io.higuma.schema.Parsed;
import io.higuma.schema.ResourceReader;
import io.higuma.schema.Schemas;
import io.higuma.store.ResourceStore;
import java.io.ByteArrayInputStream;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.InstantSource;
import java.util.Base64;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// Answers launchers: checks what they ask with, and gives them a bootstrap (`reference/dataplane.md` 1.3).
public final class Bootstraps {

    private static final Logger log = LoggerFactory.getLogger(Bootstraps.class);
    private static final String TEXT = "text/plain; charset=utf-8";
    private static final int INVALID = 422;
    private static final String DATAPLANE = "dataplane";
    private static final String BASIC_CONSTRAINTS = "2.5.29.19";
    private static final int UNAUTHORIZED = 401;

    private final ResourceStore store;
    private final Schemas schemas;
    private final ResourceReader reader;
    private final BootstrapSettings settings;
    private final Server server;
    private final Credentials credentials;
    private final InstantSource clock;

    /// The server that Envoys connect to.
    ///
    /// @param certificate PEM, with its chain
    /// @param names the names and addresses the certificate is for
    public record Server(String certificate, Collection<String> names) {
        public Server {
            names = List.copyOf(names);
        }
    }

    /// What a request came with beside its body.
    ///
    /// @param authority the `Host` header
    /// @param port the port it arrived at
    /// @param json whether the answer may be JSON; the bare document otherwise
    public record Call(String authority, int port, boolean json) {}

    public Bootstraps(
            ResourceStore store,
            Schemas schemas,
            BootstrapSettings settings,
            Server server,
            Credentials credentials,
            InstantSource clock) {
        this.store = store;
        this.schemas = schemas;
        this.reader = new ResourceReader(schemas.types());
        this.settings = settings;
        this.server = server;
        this.credentials = credentials;
        this.clock = clock;
    }

    public ApiResponse answer(Bytes body, Call call) {
        Optional<BootstrapRequest> read = BootstrapRequest.read(body);
        if (read.isEmpty()) {
            return ApiResponse.empty(400);
        }
        try {
            return bootstrap(read.get(), call);
        } catch (RefusedException e) {
            log.atInfo()
                    .addKeyValue("mesh", read.get().mesh())
                    .addKeyValue("proxy", read.get().name())
                    .addKeyValue("reason", e.getMessage())
                    .log("a bootstrap is refused");
            return ApiResponse.text(e.status, TEXT, String.valueOf(e.getMessage()));
        }
    }

    private ApiResponse bootstrap(BootstrapRequest request, Call call) throws RefusedException {
        if (settings.tokens()
                && request.token().isEmpty()
                && request.tokenPath().isEmpty()) {
            throw new RefusedException(
                    INVALID,
                    "Dataplane Token is required. Generate token using 'kumactl generate dataplane-token > /path/file'"
                            + " and provide it via --dataplane-token-file=/path/file argument to Kuma DP");
        }
        if (!request.proxyType().equals(DATAPLANE)) {
            throw new RefusedException(
                    INVALID,
                    "proxyType: \"" + request.proxyType() + "\" is not known, only \"" + DATAPLANE
                            + "\" is. Zone proxies are Dataplanes with networking.listeners");
        }
        String host = settings.xdsHost().orElseGet(() -> hostOf(call.authority()));
        if (settings.xdsHost().isEmpty() && !names(host)) {
            throw new RefusedException(
                    400,
                    "A data plane proxy is trying to connect to the control plane using \"" + host
                            + "\" address, but the certificate in the control plane has the following SANs "
                            + server.names() + ". Either change the --cp-address in kuma-dp to one of those or run"
                            + " the control plane with a certificate that contains the address");
        }
        Optional<Meant> meant = meant(request);
        if (meant.isEmpty()) {
            return ApiResponse.empty(404);
        }
        Resource dataplane = meant.get().dataplane();
        if (settings.tokens() && request.token().isPresent()) {
            Optional<String> problem =
                    credentials.problem(dataplane, request.token().get());
            if (problem.isPresent()) {
                throw new RefusedException(UNAUTHORIZED, problem.get());
            }
        }
        String certificates = request.caCertificate().orElse(server.certificate());
        checkAuthority(certificates);
        ObjectNode document = new BootstrapDocument(
                        settings,
                        request,
                        dataplane,
                        new BootstrapDocument.Target(host, settings.xdsPort().orElse(call.port()), certificates),
                        clock.instant())
                .write();
        meant.get().tell(request);
        return call.json() ? wrapped(document, meant.get()) : ApiResponse.text(200, "text/x-yaml", text(document));
    }

    /// The Dataplane of a launcher.
    ///
    /// @param warnings sentences for its author, of whom a launcher is nearer than we are
    private record Meant(Resource dataplane, List<String> warnings) {

        /// Launchers that are not ours do not show warnings.
        void tell(BootstrapRequest request) {
            if (!warnings.isEmpty()) {
                log.atWarn()
                        .addKeyValue("mesh", request.mesh())
                        .addKeyValue("proxy", request.name())
                        .addKeyValue(
                                "reason",
                                warnings.getFirst()
                                        + (warnings.size() == 1 ? "" : " (and " + (warnings.size() - 1) + " more)"))
                        .log("a proxy starts with a Dataplane that its author should look at");
            }
        }
    }

    private static ApiResponse wrapped(ObjectNode document, Meant meant) {
        ObjectNode answer = JsonNodeFactory.instance.objectNode();
        answer.put(
                "bootstrap", Base64.getEncoder().encodeToString(text(document).getBytes(StandardCharsets.UTF_8)));
        ObjectNode sidecar = answer.putObject("kumaSidecarConfiguration");
        sidecar.putObject("networking")
                .put(
                        "address",
                        meant.dataplane().spec(DataplaneSpec.class).networking().address());
        sidecar.putObject("metrics").putArray("aggregate");
        if (!meant.warnings().isEmpty()) {
            ArrayNode warnings = answer.putArray("warnings");
            meant.warnings().forEach(warnings::add);
        }
        return ApiResponse.ok(answer);
    }

    private static String text(ObjectNode document) {
        return document.toPrettyString() + "\n";
    }

    /// The Dataplane the launcher brings, or the stored one; empty if there is none, or no such mesh.
    private Optional<Meant> meant(BootstrapRequest request) throws RefusedException {
        if (request.resource().isEmpty()) {
            return store.get(CoreTypes.DATAPLANE.key(request.mesh(), request.name()))
                    .map(stored -> new Meant(stored, schemas.warnings(stored)));
        }
        Parsed parsed =
                reader.readJson(CoreTypes.DATAPLANE, request.resource().get().getBytes(StandardCharsets.UTF_8));
        List<Problem> problems = schemas.check(parsed);
        if (!problems.isEmpty() || !(parsed instanceof Parsed.Ok ok)) {
            throw new RefusedException(INVALID, sentence(problems));
        }
        Resource brought = ok.resource();
        DataplaneSpec.Networking networking = brought.spec(DataplaneSpec.class).networking();
        if (networking.transparentProxying().isPresent()
                && !networking.outbound().isEmpty()) {
            throw new RefusedException(
                    INVALID, "outbound: should be empty since dataplane is in Transparent Proxying mode");
        }
        if (store.get(CoreTypes.MESH.key("", brought.mesh())).isEmpty()) {
            throw new RefusedException(INVALID, "mesh: mesh \"" + brought.mesh() + "\" does not exist");
        }
        return Optional.of(new Meant(
                brought,
                Stream.concat(ok.warnings().stream(), schemas.warnings(brought).stream())
                        .toList()));
    }

    private static String sentence(List<Problem> problems) {
        return problems.stream()
                .map(p -> p.path().isEmpty() ? p.message() : p.path() + ": " + p.message())
                .collect(Collectors.joining("; "));
    }

    private static void checkAuthority(String pem) throws RefusedException {
        try {
            for (Certificate certificate : CertificateFactory.getInstance("X.509")
                    .generateCertificates(new ByteArrayInputStream(pem.getBytes(StandardCharsets.UTF_8)))) {
                if (certificate instanceof X509Certificate x509 && mayBeAuthority(x509)) {
                    return;
                }
            }
        } catch (CertificateException e) {
            // said below: what cannot be read is no authority
        }
        throw new RefusedException(
                400,
                "A data plane proxy is trying to verify the control plane using the certificate which is not a"
                        + " certificate authority (basic constraint 'CA' is set to 'false')."
                        + " Provide CA that was used to sign a certificate used in the control plane by using"
                        + " 'kuma-dp run --ca-cert-file=file'");
    }

    /// Old certificates say nothing about it; those may be one.
    private static boolean mayBeAuthority(X509Certificate certificate) {
        return certificate.getBasicConstraints() >= 0 || certificate.getExtensionValue(BASIC_CONSTRAINTS) == null;
    }

    private boolean names(String host) {
        return server.names().stream()
                .anyMatch(name -> name.equalsIgnoreCase(host) || wildcard(name, host) || sameAddress(name, host));
    }

    /// An IPv6 address can be written in many ways.
    private static boolean sameAddress(String name, String host) {
        try {
            return name.contains(":")
                    && host.contains(":")
                    && InetAddress.ofLiteral(name).equals(InetAddress.ofLiteral(host));
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    private static boolean wildcard(String name, String host) {
        int dot = host.indexOf('.');
        return name.startsWith("*.") && dot > 0 && host.substring(dot).equalsIgnoreCase(name.substring(1));
    }

    private static String hostOf(String authority) {
        if (authority.startsWith("[")) {
            int end = authority.indexOf(']');
            return end < 0 ? authority : authority.substring(1, end);
        }
        int colon = authority.indexOf(':');
        return (colon < 0 ? authority : authority.substring(0, colon)).toLowerCase(Locale.ROOT);
    }

    private static final class RefusedException extends Exception {
        private static final long serialVersionUID = 1L;
        private final int status;

        RefusedException(int status, String message) {
            super(message, null, false, false);
            this.status = status;
        }
    }
}
