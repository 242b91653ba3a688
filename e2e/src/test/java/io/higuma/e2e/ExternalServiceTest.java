package io.higuma.e2e;

import static io.higuma.testkit.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.higuma.identity.ServerCertificate;
import io.higuma.testkit.envoy.EnvoyProcess;
import io.higuma.testkit.net.Upstream;
import java.net.InetSocketAddress;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Servers that know nothing of the mesh, called as services of it.
class ExternalServiceTest {

    @TempDir
    static Path folder;

    private static final String WEB = TestMesh.nextAddress();
    private static final int PLAIN = EnvoyProcess.freePort(WEB).getPort();
    private static final int SECURE = EnvoyProcess.freePort(WEB).getPort();
    private static final int CART = EnvoyProcess.freePort(WEB).getPort();

    private static final String SECURE_CLUSTER = "kri_extsvc_default_default__secure_443";

    private static TestMesh mesh;
    private static Upstream plain;
    private static Upstream secure;
    private static ServerCertificate certificate;
    private static Proxy web;

    @BeforeAll
    static void startTheMesh() throws Exception {
        mesh = TestMesh.start(folder);
        plain = mesh.closing(Upstream.start("plain", new InetSocketAddress("127.0.0.1", 0)));
        certificate = pair();
        secure = mesh.closing(Upstream.startTls(
                "secure", new InetSocketAddress("127.0.0.1", 0), certificate.certificate(), certificate.key()));
        Upstream cart = mesh.closing(Upstream.start("cart-1", new InetSocketAddress("127.0.0.1", 0)));
        mesh.sidecar("default", "cart-1", "cart", Shop.served(TestMesh.nextAddress(), cart));
        web = mesh.sidecar(
                "default",
                "web-1",
                "web",
                "{address: " + WEB + ", outbound: [" + outbound(PLAIN, "MeshExternalService", "plain", 80) + ", "
                        + outbound(SECURE, "MeshExternalService", "secure", 443) + ", "
                        + outbound(CART, "MeshService", "cart", Shop.CART_PORT) + "]}");
        mesh.apply("""
                type: MeshExternalService
                mesh: default
                name: plain
                spec:
                  match: {port: 80, protocol: http}
                  endpoints: [{address: localhost, port: %d}]
                """.formatted(plain.port()));
    }

    private static String outbound(int port, String kind, String name, int called) {
        return "{address: " + WEB + ", port: " + port + ", backendRef: {kind: " + kind + ", name: " + name + ", port: "
                + called + "}}";
    }

    @AfterAll
    static void endTheMesh() throws Exception {
        mesh.close();
    }

    @Test
    void aServerIsCalledByTheNameItKnows() throws Exception {
        eventually("it answers", () -> get(PLAIN).statusCode() == 200);

        assertThat(Canary.field(get(PLAIN).body(), "service")).isEqualTo("plain");
        assertThat(get(PLAIN).body().lines()).anyMatch(line -> line.endsWith(": localhost"));
    }

    @Test
    void withTlsItIsCheckedAndShownACertificateAndItsKeyIsNowhereToBeRead() throws Exception {
        ServerCertificate stranger = pair();
        mesh.apply("""
                type: MeshExternalService
                mesh: default
                name: secure
                spec:
                  match: {port: 443, protocol: http}
                  endpoints: [{address: 127.0.0.1, port: %d}]
                  tls:
                    enabled: true
                    verification:
                      serverName: secure.example.com
                      caCert: {type: Secret, secretRef: {kind: Secret, name: authority}}
                      clientCert: {type: Secret, secretRef: {kind: Secret, name: certificate}}
                      clientKey: {type: Secret, secretRef: {kind: Secret, name: key}}
                """.formatted(secure.port()));
        eventually("without the secrets nobody answers", () -> get(SECURE).statusCode() == 503);
        eventually(
                "the service says what is missing",
                () -> mesh.get("/meshes/default/meshexternalservices/secure").contains("there is no Secret authority"));
        assertThat(secure.requests()).isZero();

        secret("authority", stranger.certificate());
        secret("certificate", certificate.certificate());
        secret("key", certificate.key());
        eventually(
                "a server that somebody else signed is not talked to",
                () -> get(SECURE).statusCode() == 503
                        && web.stat("cluster." + SECURE_CLUSTER + ".ssl.fail_verify_error")
                                        .orElse(0L)
                                > 0);
        assertThat(secure.requests()).isZero();

        secret("authority", certificate.certificate());
        eventually("it answers", () -> get(SECURE).statusCode() == 200);

        assertThat(Canary.field(get(SECURE).body(), "service")).isEqualTo("secure");
        String key = certificate.key().lines().skip(1).findFirst().orElseThrow();
        String dump = web.admin().text("/config_dump");
        assertThat(dump).contains("kri_extsvc_default_default__secure__certificate");
        assertThat(dump).doesNotContain(key).doesNotContain(base64(certificate.key()));
        assertThat(web.log()).doesNotContain(key);
    }

    @Test
    void aRouteMovesTheRequestsForAServiceOutside() throws Exception {
        eventually("cart answers", () -> get(CART).body().contains("cart-1"));

        mesh.apply("""
                type: MeshHTTPRoute
                mesh: default
                name: out
                spec:
                  to:
                    - targetRef: {kind: MeshService, labels: {kuma.io/display-name: cart}}
                      rules:
                        - matches: [{path: {type: PathPrefix, value: /}}]
                          default:
                            backendRefs: [{kind: MeshExternalService, labels: {kuma.io/display-name: plain}, port: 80}]
                """);

        eventually("the requests go out", () -> get(CART).body().contains("service: plain"));
        assertThat(get(CART).body().lines()).anyMatch(line -> line.endsWith(": localhost"));
        assertThat(mesh.get("/meshes/default/meshhttproutes/out")).doesNotContain("ResolvedRefs");

        mesh.delete("/meshes/default/meshhttproutes/out");
        eventually("they come back", () -> get(CART).body().contains("cart-1"));
    }

    private static HttpResponse<String> get(int port) throws Exception {
        return Http.get("http://" + WEB + ":" + port + "/");
    }

    private static ServerCertificate pair() {
        return ServerCertificate.selfSigned(List.of("secure.example.com"), Instant.now(), new SecureRandom());
    }

    private static String base64(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }

    private static void secret(String name, String text) {
        mesh.apply("type: Secret\nmesh: default\nname: " + name + "\ndata: " + base64(text) + "\n");
    }
}
