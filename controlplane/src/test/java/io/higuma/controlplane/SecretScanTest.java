package io.higuma.controlplane;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.higuma.api.auth.Authentication;
import io.higuma.controlplane.config.ControlPlaneConfig;
import io.higuma.identity.CertificateAuthority;
import io.higuma.identity.ServerCertificate;
import io.higuma.identity.Svid;
import io.higuma.identity.token.SigningKey;
import io.higuma.model.Resource;
import io.higuma.model.core.SecretSpec;
import io.higuma.model.wire.Bytes;
import io.higuma.testkit.Eventually;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.json.JsonMapper;

/// Key material is looked for wherever it must not be: the log at its most talkative, every answer
/// for people who are no administrators, the files on disk, exceptions, and the text of objects
/// that hold it.
class SecretScanTest {

    private static final String PASSWORD = "correct-horse-battery-staple";
    private static final String[] ELSEWHERE = {"x-forwarded-for", "192.0.2.7"};

    @TempDir
    private Path folder;

    private final ListAppender<ILoggingEvent> log = new ListAppender<>();
    private final Logger root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    private final Logger ours = (Logger) LoggerFactory.getLogger("io.higuma");
    private final List<String> material = new ArrayList<>();
    private final List<String> answers = new ArrayList<>();
    private final HttpClient client = HttpClient.newHttpClient();

    @BeforeEach
    void listen() {
        log.start();
        root.addAppender(log);
        ours.setLevel(Level.DEBUG);
    }

    @AfterEach
    void silence() {
        root.detachAppender(log);
        ours.setLevel(null);
        client.shutdownNow();
    }

    private HttpResponse<String> call(int port, String method, String path, String body, String... headers)
            throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                .method(
                        method,
                        body.isEmpty()
                                ? HttpRequest.BodyPublishers.noBody()
                                : HttpRequest.BodyPublishers.ofString(body.replace('\'', '"')));
        if (!body.isEmpty()) {
            request.header("content-type", "application/json");
        }
        if (headers.length > 0) {
            request.headers(headers);
        }
        return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    /// Remembers a secret in the forms in which it could slip out.
    private void secret(byte[] bytes) {
        String text = new String(bytes, StandardCharsets.ISO_8859_1);
        if (text.contains("-----BEGIN")) {
            // any line of the key gives it away
            text.lines()
                    .filter(line -> line.length() > 40 && !line.startsWith("-----"))
                    .forEach(material::add);
        } else {
            material.add(text);
        }
        String encoded = Base64.getEncoder().encodeToString(bytes);
        material.add(encoded.substring(0, Math.min(encoded.length(), 60)));
    }

    private void assertClean(String where, String text) {
        for (String piece : material) {
            assertThat(text.contains(piece)).as(where + " holds key material").isFalse();
        }
    }

    @Test
    void keyMaterialStaysWhereItBelongs() throws Exception {
        Map<String, String> settings = new TreeMap<>(Map.of(
                "apiServer.http.interface", "127.0.0.1",
                "apiServer.https.interface", "127.0.0.1",
                "dpServer.interface", "127.0.0.1",
                "diagnostics.interface", "127.0.0.1",
                "apiServer.http.port", "0",
                "apiServer.https.port", "0",
                "dpServer.port", "0",
                "diagnostics.serverPort", "0"));
        try (ControlPlane plane = ControlPlane.start(ControlPlaneConfig.of(settings, folder))) {
            int port = plane.ports().http();

            // Given identities, secrets and tokens of all kinds
            fill(plane, port);

            // When everything is asked for by somebody who is no administrator, and everything that shows no secrets by
            // one who is
            ask(port);
            plane.store().list("Mesh").forEach(r -> answers.add(r.toString()));

            // Then none of it is in what was said
            assertThat(material).hasSizeGreaterThan(40);
            String shown = call(port, "GET", "/globalsecrets", "").body();
            assertThat(material)
                    .as("an administrator sees secrets, so the scan would")
                    .anyMatch(shown::contains);
            answers.forEach(answer -> assertClean("an answer", answer));
        }
        for (ILoggingEvent event : log.list) {
            assertClean(
                    "the log",
                    event.getFormattedMessage() + " " + event.getKeyValuePairs() + " " + event.getThrowableProxy());
        }
        assertThat(log.list).isNotEmpty();
        files();
    }

    private void fill(ControlPlane plane, int port) throws Exception {
        assertThat(call(
                                port,
                                "PUT",
                                "/meshes/default/meshidentities/id",
                                "{'type':'MeshIdentity','mesh':'default','name':'id','spec':{'selector':{'dataplane':"
                                        + "{'matchLabels':{}}},'provider':{'type':'Bundled','bundled':{"
                                        + "'meshTrustCreation':'Enabled','insecureAllowSelfSigned':true,"
                                        + "'autogenerate':{'enabled':true}}}}}")
                        .statusCode())
                .isEqualTo(201);
        String data = Base64.getEncoder().encodeToString(PASSWORD.getBytes(StandardCharsets.UTF_8));
        call(
                port,
                "PUT",
                "/meshes/default/secrets/s",
                "{'type':'Secret','mesh':'default','name':'s','data':'" + data + "'}");
        call(port, "PUT", "/globalsecrets/g", "{'type':'GlobalSecret','name':'g','data':'" + data + "'}");
        for (String kind : List.of("dataplane", "user", "zone")) {
            String token = call(
                            port,
                            "POST",
                            "/tokens/" + kind,
                            "{'mesh':'default','name':'n','zone':'z','scope':['cp'],'validFor':'1h'}")
                    .body();
            assertThat(token.split("\\.")).hasSize(3);
            material.add(token.split("\\.")[2]);
        }
        // refused writes and tokens are logged, too
        call(
                port,
                "PUT",
                "/meshes/default/secrets/s",
                "{'type':'Secret','mesh':'other','name':'s','data':'" + data + "'}");
        call(
                port,
                "PUT",
                "/meshes/default/secrets/s",
                "{'type':'Secret','mesh':'default','name':'s','data':'" + PASSWORD + "'}");
        call(port, "GET", "/meshes", "", "x-forwarded-for", "1.2.3.4", "authorization", "Bearer " + material.getLast());
        Eventually.eventually(
                "the identity has its authority",
                () -> plane.store().list("Secret").size(),
                count -> count >= 4);
        for (String type : List.of("Secret", "GlobalSecret")) {
            for (Resource resource : plane.store().list(type)) {
                byte[] content = resource.spec(SecretSpec.class).data().array();
                boolean open = new String(content, StandardCharsets.ISO_8859_1).contains("BEGIN CERTIFICATE");
                if (!open) {
                    secret(content);
                }
                answers.add(resource + " " + resource.spec());
            }
        }
        secret(Files.readAllBytes(folder.resolve("cp/tls/server.key")));
        secret(Files.readAllBytes(folder.resolve("cp/secrets.key")));
    }

    private void ask(int port) throws Exception {
        TreeSet<String> paths = new TreeSet<>(List.of(
                "/",
                "/config",
                "/versions",
                "/who-am-i",
                "/policies",
                "/_resources",
                "/global-insight",
                "/global-insights",
                "/mesh-insights",
                "/mesh-insights/default",
                "/dataplanes/_overview",
                "/zones/_overview",
                "/dataplane-insights",
                "/meshes/default/secrets/s",
                "/globalsecrets/g",
                "/globalsecrets/admin-user-token",
                "/meshes/default/secrets/s?format=kubernetes",
                "/meshes/default/meshidentities/id"));
        JsonMapper.shared()
                .readTree(call(port, "GET", "/_resources", "").body())
                .path("resources")
                .forEach(type -> paths.add("/" + type.path("path").asString()));
        for (String path : paths) {
            answers.add(call(port, "GET", path, "", ELSEWHERE).body());
            if (!path.contains("secret")) {
                answers.add(call(port, "GET", path, "").body());
            }
        }
    }

    /// What is on the disk beside the two key files is encrypted.
    private void files() throws IOException {
        List<Path> all;
        try (Stream<Path> found = Files.walk(folder)) {
            all = found.filter(Files::isRegularFile).toList();
        }
        assertThat(all).isNotEmpty();
        for (Path file : all) {
            if (!file.endsWith("secrets.key") && !file.endsWith("server.key")) {
                assertClean(file.getFileName().toString(), Files.readString(file, StandardCharsets.ISO_8859_1));
            }
        }
    }

    @Test
    void objectsThatHoldSecretsDoNotTellThem() {
        Instant now = Instant.now();
        SecureRandom random = new SecureRandom();
        SigningKey key = SigningKey.generate(random);
        CertificateAuthority authority = CertificateAuthority.generate("mesh", now, random);
        Svid svid = authority.issue("spiffe://mesh/web", Duration.ofHours(1), now, random);
        ServerCertificate server = ServerCertificate.selfSigned(List.of("localhost"), now, random);
        SecretSpec spec = new SecretSpec(Bytes.wrap(PASSWORD.getBytes(StandardCharsets.UTF_8)));
        secret(key.pem().array());
        secret(authority.keyPem().getBytes(StandardCharsets.UTF_8));
        secret(svid.key().array());
        secret(server.key().getBytes(StandardCharsets.UTF_8));
        secret(PASSWORD.getBytes(StandardCharsets.UTF_8));
        material.add(key.privateKey().getPrivateExponent().toString());

        for (Object holder : List.of(
                key,
                authority,
                svid,
                server,
                spec,
                spec.data(),
                new Authentication.Approach(
                        true, "localhost", false, Optional.empty(), Optional.empty(), List.of("Bearer " + PASSWORD)))) {
            assertClean(holder.getClass().getSimpleName(), holder.toString());
        }
    }
}
