package io.higuma.e2e;

import static io.higuma.testkit.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.higuma.testkit.net.Echo;
import io.higuma.testkit.net.GrpcHealth;
import io.higuma.testkit.net.Http2;
import io.higuma.testkit.net.Upstream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// One workload that speaks HTTP/1.1, HTTP/2, gRPC and TCP, and one that calls it in each, as the mesh goes from
/// plaintext over permissive to strict.
class ProtocolsTest {

    private static final int HTTP = 8080;
    private static final int HTTP2 = 8081;
    private static final int GRPC = 8082;
    private static final int TCP = 8083;

    private final String server = TestMesh.nextAddress();
    private final String client = TestMesh.nextAddress();

    @TempDir
    private Path folder;

    @Test
    void everyProtocolTravelsAsMutualTlsAndIsRefusedWithoutWhenTheMeshIsStrict() throws Exception {
        try (TestMesh mesh = TestMesh.start(folder)) {
            GrpcHealth health = given(mesh);
            mesh.apply(Shop.allow("web-to-cart", "web"));
            eventually("http flows", () -> Http.get(url(client, HTTP)).statusCode() == 200);
            eventually("tcp flows", () -> Echo.say(client, TCP, "hello").equals("hello"));
            eventually("http2 flows", () -> Http2.get(client, HTTP2).status() == 200);
            eventually("grpc flows", () -> GrpcHealth.ask(client, GRPC).equals("SERVING"));

            // When the mesh is permissive, identities travel, and those who have none are served too
            mesh.apply(mode("Permissive"));
            mesh.apply(TestMesh.IDENTITY);
            eventually(
                    "http comes with an identity",
                    () -> Http.get(url(client, HTTP)).body().contains("/workload/web"));
            eventually(
                    "http2 comes with an identity",
                    () -> Http2.get(client, HTTP2).body().contains("/workload/web"));
            eventually(
                    "grpc comes with an identity",
                    () -> GrpcHealth.ask(client, GRPC).equals("SERVING")
                            && health.caller().contains("/workload/web"));
            eventually("tcp goes over TLS", () -> Echo.say(client, TCP, "hello").equals("hello") && handshakes() > 0);
            assertThat(Http2.get(client, HTTP2).body()).contains("service: two");
            assertThat(Http.get(url(server, HTTP)).statusCode()).isEqualTo(200);
            assertThat(Http2.get(server, HTTP2).status()).isEqualTo(200);
            assertThat(GrpcHealth.ask(server, GRPC)).isEqualTo("SERVING");
            assertThat(Echo.say(server, TCP, "hello")).isEqualTo("hello");

            // When it is strict, plaintext is refused whatever it says
            mesh.apply(mode("Strict"));
            eventually("plain http is refused", () -> isRefused(() -> Http.get(url(server, HTTP))));
            eventually("plain http2 is refused", () -> isRefused(() -> Http2.get(server, HTTP2)));
            eventually(
                    "plain grpc is refused", () -> GrpcHealth.ask(server, GRPC).startsWith("UNAVAILABLE"));
            eventually(
                    "plain tcp is refused", () -> Echo.say(server, TCP, "hello").isEmpty());
            assertThat(Http.get(url(client, HTTP)).statusCode()).isEqualTo(200);
            assertThat(Http2.get(client, HTTP2).status()).isEqualTo(200);
            assertThat(GrpcHealth.ask(client, GRPC)).isEqualTo("SERVING");
            assertThat(Echo.say(client, TCP, "hello")).isEqualTo("hello");

            // When the permission goes, each is refused in its own words
            mesh.delete("/meshes/default/meshtrafficpermissions/web-to-cart");
            eventually("http is forbidden", () -> Http.get(url(client, HTTP)).statusCode() == 403);
            eventually("http2 is forbidden", () -> Http2.get(client, HTTP2).status() == 403);
            eventually("grpc is forbidden", () -> GrpcHealth.ask(client, GRPC).startsWith("PERMISSION_DENIED"));
            eventually("tcp is cut", () -> Echo.say(client, TCP, "hello").isEmpty());
        }
    }

    private Proxy cart;

    private GrpcHealth given(TestMesh mesh) throws IOException {
        Upstream one = mesh.closing(Upstream.start("one", local()));
        Upstream two = mesh.closing(Upstream.start("two", local()));
        GrpcHealth health = mesh.closing(GrpcHealth.start(local()));
        Echo echo = mesh.closing(Echo.start(local()));
        cart = mesh.launch(
                "default",
                "cart-1",
                "cart",
                "{address: " + server + ", inbound: ["
                        + inbound(HTTP, one.port(), "http") + ", " + inbound(HTTP2, two.port(), "http2") + ", "
                        + inbound(GRPC, health.port(), "grpc") + ", " + inbound(TCP, echo.port(), "tcp") + "]}",
                mesh.token("default", "cart"));
        Proxy web = mesh.launch(
                "default",
                "web-1",
                "web",
                "{address: " + client + ", outbound: [" + outbound(HTTP) + ", " + outbound(HTTP2) + ", "
                        + outbound(GRPC) + ", " + outbound(TCP) + "]}",
                mesh.token("default", "web"));
        cart.awaitConfigured();
        web.awaitConfigured();
        return health;
    }

    /// How many TLS handshakes the TCP inbound has finished.
    private long handshakes() {
        return cart.admin()
                .text("/stats?usedonly&filter=ssl.handshake$")
                .lines()
                .filter(line -> line.contains("" + TCP))
                .mapToLong(line -> Long.parseLong(line.substring(line.lastIndexOf(' ') + 1)))
                .sum();
    }

    private static String inbound(int port, int service, String protocol) {
        return "{port: " + port + ", servicePort: " + service + ", protocol: " + protocol + "}";
    }

    private String outbound(int port) {
        return "{address: " + client + ", port: " + port + ", backendRef: {kind: MeshService, name: cart, port: " + port
                + "}}";
    }

    private static InetSocketAddress local() {
        return new InetSocketAddress("127.0.0.1", 0);
    }

    private static String url(String address, int port) {
        return "http://" + address + ":" + port + "/";
    }

    private static String mode(String mode) {
        return "type: MeshTLS\nmesh: default\nname: mode\nspec:\n  rules: [{default: {mode: " + mode + "}}]\n";
    }

    private interface Attempt {
        Object call() throws Exception;
    }

    private static boolean isRefused(Attempt attempt) {
        try {
            attempt.call();
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        } catch (Exception e) {
            return true;
        }
    }
}
