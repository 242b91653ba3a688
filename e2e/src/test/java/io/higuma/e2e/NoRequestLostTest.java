package io.higuma.e2e;

import static io.higuma.testkit.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.higuma.testkit.net.Load;
import io.higuma.testkit.net.Upstream;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.util.SortedMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The mesh changes under a steady load of 300 requests a second, and none of them fails.
class NoRequestLostTest {

    private static final int PER_SECOND = 300;

    @TempDir
    private Path folder;

    @Test
    void aMeshGetsItsFirstIdentity() throws Exception {
        try (TestMesh mesh = TestMesh.start(folder)) {
            Shop shop = new Shop(mesh);
            mesh.apply(Shop.allow("web-to-cart", "web"));
            eventually("traffic flows", () -> Http.get(shop.url()).statusCode() == 200);
            try (Load load = Load.start(URI.create(shop.url()), PER_SECOND)) {
                eventually("the load runs", () -> load.soFar().sent() > PER_SECOND);

                mesh.apply(TestMesh.IDENTITY);

                eventually(
                        "requests come with an identity",
                        () -> Http.get(shop.url()).body().contains("URI=spiffe://"));
                eventually("the server is strict", () -> shop.isRefusedInPlaintext());
                int sent = load.soFar().sent();
                eventually("the load goes on", () -> load.soFar().sent() > sent + PER_SECOND);
                nothingLost(load);
            }
        }
    }

    @Test
    void permissiveBecomesStrict() throws Exception {
        try (TestMesh mesh = TestMesh.start(folder)) {
            Shop shop = new Shop(mesh);
            mesh.apply(permissive("Permissive"));
            mesh.apply(Shop.allow("web-to-cart", "web"));
            mesh.apply(TestMesh.IDENTITY);
            eventually(
                    "requests come with an identity",
                    () -> Http.get(shop.url()).body().contains("URI=spiffe://"));
            eventually("plaintext is served", () -> !shop.isRefusedInPlaintext());
            try (Load load = Load.start(URI.create(shop.url()), PER_SECOND)) {
                eventually("the load runs", () -> load.soFar().sent() > PER_SECOND);

                mesh.apply(permissive("Strict"));

                eventually("the server is strict", () -> shop.isRefusedInPlaintext());
                int sent = load.soFar().sent();
                eventually("the load goes on", () -> load.soFar().sent() > sent + PER_SECOND);
                nothingLost(load);
            }
        }
    }

    @Test
    void anInstanceIsAddedAndAPermissionFlipped() throws Exception {
        try (TestMesh mesh = TestMesh.start(folder)) {
            Shop shop = new Shop(mesh);
            mesh.apply(TestMesh.IDENTITY);
            mesh.apply(Shop.allow("web-to-cart", "web"));
            eventually("web is allowed", () -> Http.get(shop.url()).statusCode() == 200);
            eventually(
                    "requests come with an identity",
                    () -> Http.get(shop.url()).body().contains("URI=spiffe://"));
            try (Load load = Load.start(URI.create(shop.url()), PER_SECOND)) {
                eventually("the load runs", () -> load.soFar().sent() > PER_SECOND);

                Upstream second = mesh.closing(Upstream.start("cart-2", new InetSocketAddress("127.0.0.1", 0)));
                mesh.sidecar("default", "cart-2", "cart", Shop.served(TestMesh.nextAddress(), second));
                eventually("the new instance takes its share", () -> second.requests() > 100);
                mesh.apply(Shop.allow("intruder-to-cart", "intruder"));
                mesh.delete("/meshes/default/meshtrafficpermissions/intruder-to-cart");

                int sent = load.soFar().sent();
                eventually("the load goes on", () -> load.soFar().sent() > sent + PER_SECOND);
                nothingLost(load);
            }
        }
    }

    @Test
    void theControlPlaneIsRestarted() throws Exception {
        try (TestMesh mesh = TestMesh.start(folder)) {
            Shop shop = new Shop(mesh);
            mesh.apply(TestMesh.IDENTITY);
            mesh.apply(Shop.allow("web-to-cart", "web"));
            shop.awaitStrict();
            SortedMap<String, String> webHeld = shop.webProxy.holds();
            SortedMap<String, String> cartHeld = shop.cartProxy.holds();
            SortedMap<String, Long> webUpdates = shop.webProxy.updates();
            SortedMap<String, Long> cartUpdates = shop.cartProxy.updates();
            try (Load load = Load.start(URI.create(shop.url()), PER_SECOND)) {
                eventually("the load runs", () -> load.soFar().sent() > PER_SECOND);

                mesh.plane().restart();

                eventually("both proxies are back", () -> shop.webProxy.isConnected() && shop.cartProxy.isConnected());
                int sent = load.soFar().sent();
                eventually("the load goes on", () -> load.soFar().sent() > sent + PER_SECOND);
                nothingLost(load);
            }
            assertThat(shop.webProxy.holds()).isEqualTo(webHeld);
            assertThat(shop.cartProxy.holds()).isEqualTo(cartHeld);
            assertThat(shop.webProxy.updates()).isEqualTo(webUpdates);
            assertThat(shop.cartProxy.updates()).isEqualTo(cartUpdates);
        }
    }

    private static String permissive(String mode) {
        return "type: MeshTLS\nmesh: default\nname: mode\nspec:\n  rules: [{default: {mode: " + mode + "}}]\n";
    }

    private static void nothingLost(Load load) {
        Load.Result result = load.stop();
        assertThat(result.failed()).as("%s", result).isZero();
        assertThat(result.byStatus().keySet()).containsExactly(200);
    }
}
