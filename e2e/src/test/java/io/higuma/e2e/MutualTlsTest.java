package io.higuma.e2e;

import static io.higuma.testkit.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.higuma.testkit.envoy.EnvoyProcess;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What requests experience of identities and permissions.
class MutualTlsTest {

    @TempDir
    private Path folder;

    @Test
    void callersAreKnownDeniedByDefaultAndLetInByPermission() throws Exception {
        try (TestMesh mesh = TestMesh.start(folder)) {
            Shop shop = new Shop(mesh);
            eventually(
                    "traffic flows without identities",
                    () -> Http.get(shop.url()).statusCode() == 200);

            // When the mesh gets identities, its receipt says when they have their certificates
            long revision = mesh.apply(TestMesh.IDENTITY);
            assertThat(mesh.get("/revisions/" + revision + "?wait=20s").replaceAll("\\s", ""))
                    .contains("\"concerned\":2", "\"running\":2", "\"complete\":true");
            assertThat(shop.cartProxy.admin().text("/certs"))
                    .contains("spiffe://default.default.mesh.local/workload/cart");

            // And nobody is allowed yet
            HttpResponse<String> denied = eventually(
                    "web is denied by default", () -> Http.get(shop.url()), answer -> answer.statusCode() == 403);
            assertThat(denied.body()).contains("RBAC: access denied").contains("no-MeshTrafficPermission-allows");
            assertThat(denied.headers().firstValue("x-higuma-reason").orElse(""))
                    .contains("rbac_access_denied");

            // When web is allowed, the server sees who it is
            mesh.apply(Shop.allow("web-to-cart", "web"));
            HttpResponse<String> allowed =
                    eventually("web is allowed", () -> Http.get(shop.url()), answer -> answer.statusCode() == 200);
            assertThat(allowed.body())
                    .contains("service: cart-1")
                    .contains("URI=spiffe://default.default.mesh.local/workload/web");

            // An intruder with an identity of its own is refused, and told why
            int port = EnvoyProcess.freePort("127.0.0.1").getPort();
            String address = TestMesh.nextAddress();
            shop.caller("intruder-1", "intruder", address, port);
            HttpResponse<String> intruder = eventually(
                    "the intruder is answered",
                    () -> Http.get("http://" + address + ":" + port + "/"),
                    answer -> answer.statusCode() == 403);
            assertThat(intruder.body())
                    .as("why: no policy names it")
                    .contains("RBAC: access denied")
                    .contains("not-allowed-by:kri_mtp_default_default__web-to-cart_");

            // A plaintext connection from outside is refused
            eventually("plaintext is refused", () -> {
                assertThatThrownBy(() -> Http.get("http://" + shop.cartAddress + ":" + Shop.CART_PORT + "/"))
                        .isInstanceOf(IOException.class);
                return true;
            });
            int before = shop.cart.requests();
            assertThat(Http.get(shop.url()).statusCode()).isEqualTo(200);
            assertThat(shop.cart.requests()).isEqualTo(before + 1);
        }
    }

    @Test
    void anotherMeshCannotReachThisOne() throws Exception {
        try (TestMesh mesh = TestMesh.start(folder)) {
            Shop shop = new Shop(mesh);
            mesh.apply(TestMesh.IDENTITY);
            mesh.apply(Shop.allow("everybody-of-web", "web"));
            mesh.apply("type: Mesh\nname: other\n");
            mesh.apply(TestMesh.IDENTITY.replace("mesh: default", "mesh: other"));
            // The service of one mesh, written by hand in the other: its proxies are not there
            mesh.apply("""
                    type: MeshService
                    mesh: other
                    name: cart
                    spec:
                      selector: {dataplaneLabels: {matchLabels: {kuma.io/workload: cart}}}
                      ports: [{port: 8080, appProtocol: http}]
                    """);
            String address = TestMesh.nextAddress();
            int port = EnvoyProcess.freePort(address).getPort();
            mesh.sidecar(
                    "other",
                    "web-1-other",
                    "web",
                    "{address: " + address + ", outbound: [{address: " + address + ", port: " + port
                            + ", backendRef: {kind: MeshService, name: cart, port: 8080}}]}");

            eventually("the own mesh works", () -> Http.get(shop.url()).statusCode() == 200);
            HttpResponse<String> answer = Http.get("http://" + address + ":" + port + "/");
            assertThat(answer.statusCode()).isEqualTo(503);
            assertThat(shop.cart.requests()).isPositive();
        }
    }
}
