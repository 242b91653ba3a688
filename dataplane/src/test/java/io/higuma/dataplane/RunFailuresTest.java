package io.higuma.dataplane;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Each way in which joining a mesh fails, as the person reads it.
class RunFailuresTest {

    private static final char[] PASSWORD = "password".toCharArray();

    private final List<HttpServer> servers = new ArrayList<>();
    private final StringWriter said = new StringWriter();
    private volatile int status = 200;
    private volatile String body = "";
    private volatile String asked = "";

    @TempDir
    private Path folder;

    private Path envoy = Path.of("");

    @BeforeEach
    void anEnvoyThatOnlyTellsItsVersion() throws IOException {
        envoy = folder.resolve("envoy");
        Files.createFile(envoy, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        Files.writeString(envoy, "#!/bin/sh\necho 'envoy  version: 0/1.40.0/Clean/RELEASE/BoringSSL'\n");
    }

    @AfterEach
    void stop() {
        servers.forEach(server -> server.stop(0));
    }

    @Test
    void noControlPlane() throws IOException {
        int port;
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }

        assertThat(run("--cp-address", "https://localhost:" + port)).isEqualTo(StopException.UNREACHABLE);
        assertThat(said.toString())
                .contains("no control plane listens at https://localhost:" + port + "; gave up after 0 s");
    }

    @Test
    void aHostNameThatIsUnknown() {
        assertThat(run("--cp-address", "https://no-such-host.invalid:5678")).isEqualTo(StopException.UNREACHABLE);
        assertThat(said.toString()).contains("the host name `no-such-host.invalid` of --cp-address is unknown");
    }

    @Test
    void aCertificateThatIsNotTrustedSaysHowToGetTheAuthority() throws Exception {
        String address = https("localhost");

        assertThat(run("--cp-address", address)).isEqualTo(StopException.REFUSED);
        assertThat(said.toString())
                .contains(
                        "the certificate of " + address + " is not trusted (nobody who is trusted here has signed it)")
                .contains("--ca-cert-file")
                .contains("~/.higuma/cp/tls/server.crt");
    }

    @Test
    void aCertificateForAnotherHost() throws Exception {
        String address = https("cp.example.org");

        assertThat(run(
                        "--cp-address",
                        address,
                        "--ca-cert-file",
                        folder.resolve("ca.pem").toString()))
                .isEqualTo(StopException.REFUSED);
        assertThat(said.toString()).contains("certificate does not name `localhost`");
    }

    @Test
    void aCertificateOfAnotherTimeIsToldBeforeEnvoyFailsWithIt() throws Exception {
        body = "{\"bootstrap\": \"" + Base64.getEncoder().encodeToString("a: b".getBytes(StandardCharsets.UTF_8))
                + "\"}";
        String address = https("localhost", "-startdate", "2020/01/01 00:00:00", "-validity", "30");

        assertThat(run(
                        "--cp-address",
                        address,
                        "--ca-cert-file",
                        folder.resolve("ca.pem").toString()))
                .isEqualTo(StopException.REFUSED);
        assertThat(said.toString())
                .contains("the certificate of " + address + " is valid from 20")
                .contains("and the clock of this host says 20")
                .contains("Set that clock right, or give the control plane another certificate.");
    }

    @Test
    void aTrustedCertificateLetsTheControlPlaneSpeak() throws Exception {
        status = 403;
        body = "token is revoked";
        String address = https("localhost");

        assertThat(run(
                        "--cp-address",
                        address,
                        "--ca-cert-file",
                        folder.resolve("ca.pem").toString()))
                .isEqualTo(StopException.REFUSED);
        assertThat(said.toString()).contains("the control plane refuses the token: token is revoked");
        assertThat(run("--cp-address", address, "--skip-verify")).isEqualTo(StopException.REFUSED);
    }

    @Test
    void aDataplaneThatTheControlPlaneRefusesIsNotTriedAgain() throws IOException {
        status = 422;
        body = "networking.inbound: must not be empty";

        assertThat(run("--cp-address", http(), "--retry-max-duration", "1h")).isEqualTo(StopException.REFUSED);
        assertThat(said.toString())
                .contains("the control plane refuses this dataplane: networking.inbound: must not be empty");
    }

    @Test
    void noToken() throws IOException {
        status = 422;
        body = "Dataplane Token is required. Generate token using 'kumactl generate dataplane-token > /path/file'";

        assertThat(run("--cp-address", http())).isEqualTo(StopException.REFUSED);
        assertThat(said.toString())
                .contains("the control plane lets nobody in without a token")
                .contains("`higuma generate dataplane-token` and give it with --dataplane-token-file");
    }

    @Test
    void aTokenFileThatIsNone() throws IOException {
        Path token = folder.resolve("token");
        String[] flags = {"--cp-address", http(), "--dataplane-token-file", token.toString()};

        assertThat(run(flags)).isEqualTo(StopException.ENVIRONMENT);
        assertThat(said.toString()).contains("the token file " + token + " cannot be read: there is no such file");

        Files.write(token, new byte[] {(byte) 0xff, (byte) 0xfe, 0, 1});
        assertThat(run(flags)).isEqualTo(StopException.ENVIRONMENT);
        assertThat(said.toString()).contains("the token file " + token + " cannot be read: it is not text");

        Files.writeString(token, "Bearer a.b.c");
        assertThat(run(flags)).isEqualTo(StopException.REFUSED);
        assertThat(said.toString()).contains("more than one line or word");
    }

    @Test
    void aDataplaneThatIsNotThereYetIsWaitedFor() throws IOException {
        status = 404;

        assertThat(run("--cp-address", http())).isEqualTo(StopException.UNREACHABLE);
        assertThat(said.toString()).contains("does not know this dataplane or its mesh yet");
    }

    @Test
    void aPortThatIsNotTheDataplanePort() throws IOException {
        status = 404;
        body = "404: Page Not Found";

        run("--cp-address", http());

        assertThat(said.toString()).contains("has no /bootstrap").contains("5678");
    }

    @Test
    void anEnvoyThatCannotBeStarted() throws IOException {
        body = "{\"bootstrap\": \"" + Base64.getEncoder().encodeToString("a: b".getBytes(StandardCharsets.UTF_8))
                + "\"}";
        Files.writeString(envoy, "#!/no/such/interpreter\n");

        assertThat(run("--cp-address", http())).isEqualTo(StopException.ENVIRONMENT);
        assertThat(said.toString()).contains(envoy + " cannot be run");
    }

    @Test
    void flagsThatContradictEachOther() {
        assertThat(run("--name", "x")).isEqualTo(StopException.USAGE);
        assertThat(run("--proxy-type", "ingress")).isEqualTo(StopException.USAGE);
        assertThat(run("--cp-address", "localhost:5678")).isEqualTo(StopException.USAGE);
        assertThat(run("--drain-time", "soon")).isEqualTo(StopException.USAGE);
        assertThat(run("--agent")).isEqualTo(StopException.USAGE);
        assertThat(run("--agent", "--transparent-proxy", "--dns-enabled=false")).isEqualTo(StopException.USAGE);
        assertThat(said.toString())
                .contains("expected https://host:port", "`soon` is not a duration", "--agent answers the questions");
    }

    @Test
    void aWorkDirectoryThatIsTooLongForASocket() {
        assertThat(run("--work-dir", folder.resolve("x".repeat(90)).toString())).isEqualTo(StopException.USAGE);
        assertThat(said.toString()).contains("expected at most 85 because Unix sockets lie in it");
    }

    @Test
    void aWorkDirectoryThatIsAFile() {
        assertThat(run("--work-dir", envoy.toString())).isEqualTo(StopException.ENVIRONMENT);
        assertThat(said.toString()).contains("cannot be made: there is a file of that name; choose another --work-dir");
    }

    @Test
    void kumasEnvironmentIsRead() throws IOException {
        status = 422;
        body = "heard";
        Map<String, String> environment = Map.of(
                "HIGUMA_HOME", folder.toString(),
                "KUMA_CONTROL_PLANE_URL", http(),
                "KUMA_DATAPLANE_RUNTIME_BINARY_PATH", envoy.toString(),
                "KUMA_DATAPLANE_RUNTIME_RESOURCE", "{type: Dataplane, name: x, networking: {address: 127.0.0.1}}");

        assertThat(Main.execute(environment, new PrintWriter(said, true), "run"))
                .isEqualTo(StopException.REFUSED);
        assertThat(said.toString()).contains("heard");
    }

    @Test
    void whatKumaDpIsToldOfTheHostIsPassedOn() throws IOException {
        status = 422;
        Map<String, String> environment = Map.of(
                "HIGUMA_HOME", folder.toString(),
                "KUMA_CONTROL_PLANE_URL", http(),
                "KUMA_DATAPLANE_RUNTIME_BINARY_PATH", envoy.toString(),
                "KUMA_DATAPLANE_RUNTIME_RESOURCE", "{type: Dataplane, name: x, networking: {address: 127.0.0.1}}",
                "KUMA_DATAPLANE_RUNTIME_IPV6_ENABLED", "false",
                "KUMA_DATAPLANE_RUNTIME_DYNAMIC_SYSTEM_CA_PATH", "/ca.pem",
                "KUMA_DATAPLANE_RUNTIME_STRICT_INBOUND_PORTS_ENABLED", "false",
                "KUMA_DATAPLANE_RUNTIME_REUSE_PORT_ENABLED", "false",
                "KUMA_DATAPLANE_RESOURCES_MAX_MEMORY_BYTES", "1000000");

        assertThat(Main.execute(environment, new PrintWriter(said, true), "run", "--bind-outbounds"))
                .isEqualTo(StopException.REFUSED);

        assertThat(asked)
                .contains("\"ipv6Enabled\":false", "\"systemCaPath\":\"/ca.pem\"", "\"maxHeapSizeBytes\":1000000")
                .contains("\"features\":[\"feature-bind-outbounds\",\"feature-no-agent\"]");
        assertThat(said.toString()).doesNotContain("has no effect");
    }

    @Test
    void whatOnlyKumaDpCanDoIsTakenWithASentence() throws IOException {
        status = 422;
        body = "heard";
        Map<String, String> environment = Map.of(
                "HIGUMA_HOME", folder.toString(),
                "HIGUMA_DATAPLANE_RUNTIME_BINARY_PATH", envoy.toString(),
                "HIGUMA_DATAPLANE_RUNTIME_TOKN_PATH", "t",
                "KUMA_DATAPLANE_RUNTIME_SPIRE_SUPPORTED", "true",
                "KUMA_DATAPLANE_RUNTIME_OTEL_PIPE_ENABLED", "false");

        assertThat(Main.execute(
                        environment,
                        new PrintWriter(said, true),
                        "run",
                        "--cp-address",
                        http(),
                        "--dataplane",
                        "{type: Dataplane, name: x, networking: {address: 127.0.0.1}}",
                        "--metrics-cert-path",
                        "/m.crt"))
                .isEqualTo(StopException.REFUSED);

        assertThat(said.toString().lines())
                .containsExactly(
                        "higuma dp: --metrics-cert-path has no effect: there is no MeshMetric yet",
                        "higuma dp: HIGUMA_DATAPLANE_RUNTIME_TOKN_PATH has no effect: it is not known, did you mean"
                                + " HIGUMA_DATAPLANE_RUNTIME_TOKEN_PATH?",
                        "higuma dp: KUMA_DATAPLANE_RUNTIME_SPIRE_SUPPORTED has no effect: identities of SPIRE are not there"
                                + " yet",
                        "higuma dp: the control plane refuses this dataplane: heard");
    }

    private int run(String... flags) {
        List<String> arguments = new ArrayList<>(List.of(
                "run",
                "--dataplane",
                "{type: Dataplane, name: x, networking: {address: 127.0.0.1}}",
                "--envoy",
                envoy.toString()));
        arguments.addAll(List.of(flags));
        if (!arguments.contains("--retry-max-duration")) {
            arguments.addAll(List.of("--retry-max-duration", "0s"));
        }
        return Main.execute(
                Map.of("HIGUMA_HOME", folder.toString()),
                new PrintWriter(said, true),
                arguments.toArray(String[]::new));
    }

    private String http() throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        return "http://localhost:" + started(server);
    }

    /// With a certificate made by the JDK's keytool for one host; its PEM lies in `ca.pem`.
    ///
    /// @param dates flags of keytool for the time it is valid; none: from now on
    private String https(String host, String... dates) throws Exception {
        Path store = folder.resolve("store.p12");
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-keyalg",
                "EC",
                "-alias",
                "cp",
                "-dname",
                "CN=cp",
                "-ext",
                "san=dns:" + host,
                "-keystore",
                store.toString(),
                "-storepass",
                new String(PASSWORD),
                "-storetype",
                "PKCS12"));
        command.addAll(List.of(dates));
        Process keytool = new ProcessBuilder(command).redirectErrorStream(true).start();
        String words = new String(keytool.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(keytool.waitFor()).as(words).isZero();
        KeyStore keys = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(store)) {
            keys.load(in, PASSWORD);
        }
        Files.writeString(
                folder.resolve("ca.pem"),
                "-----BEGIN CERTIFICATE-----\n"
                        + Base64.getMimeEncoder()
                                .encodeToString(keys.getCertificate("cp").getEncoded())
                        + "\n-----END CERTIFICATE-----\n");
        KeyManagerFactory managers = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        managers.init(keys, PASSWORD);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(managers.getKeyManagers(), null, null);
        HttpsServer server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setHttpsConfigurator(new HttpsConfigurator(context));
        return "https://localhost:" + started(server);
    }

    private int started(HttpServer server) {
        server.createContext("/", exchange -> {
            asked = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
            byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
            exchange.getResponseBody().write(bytes);
            exchange.close();
        });
        server.start();
        servers.add(server);
        return server.getAddress().getPort();
    }
}
