package io.higuma.e2e;

import static io.higuma.testkit.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.higuma.testkit.net.Load;
import java.net.URI;
import java.nio.file.Path;
import java.util.SortedMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The shipped control plane, in a process of its own, is killed with SIGKILL under traffic.
class ControlPlaneKilledTest {

    private static final int PER_SECOND = 300;

    @TempDir
    private Path folder;

    @Test
    void noRequestFailsAndNothingIsSentAgainThatDidNotChange() throws Exception {
        try (TestMesh mesh = TestMesh.apart(folder)) {
            mesh.apply(TestMesh.IDENTITY);
            mesh.apply(Shop.allow("web-to-cart", "web"));
            Shop shop = new Shop(mesh);
            shop.awaitStrict();
            SortedMap<String, String> webHeld = shop.webProxy.holds();
            SortedMap<String, String> cartHeld = shop.cartProxy.holds();
            SortedMap<String, Long> webUpdates = shop.webProxy.updates();
            SortedMap<String, Long> cartUpdates = shop.cartProxy.updates();
            String dataplanes = mesh.get("/meshes/default/dataplanes");
            try (Load load = Load.start(URI.create(shop.url()), PER_SECOND)) {
                eventually("the load runs", () -> load.soFar().sent() > PER_SECOND);

                mesh.plane().restart();

                eventually("both proxies are back", () -> shop.webProxy.isConnected() && shop.cartProxy.isConnected());
                int sent = load.soFar().sent();
                eventually("the load goes on", () -> load.soFar().sent() > sent + PER_SECOND);
                Load.Result result = load.stop();
                assertThat(result.failed()).as("%s", result).isZero();
            }
            assertThat(mesh.get("/meshes/default/dataplanes")).isEqualTo(dataplanes);
            assertThat(shop.webProxy.holds()).isEqualTo(webHeld);
            assertThat(shop.cartProxy.holds()).isEqualTo(cartHeld);
            assertThat(shop.webProxy.updates()).isEqualTo(webUpdates);
            assertThat(shop.cartProxy.updates()).isEqualTo(cartUpdates);
            // It is the old mesh in every way: what changes now arrives
            mesh.delete("/meshes/default/meshtrafficpermissions/web-to-cart");
            eventually(
                    "a permission that is taken is felt",
                    () -> Http.get(shop.url()).statusCode() == 403);
        }
    }
}
