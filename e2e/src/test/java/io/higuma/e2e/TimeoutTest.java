package io.higuma.e2e;

import static io.higuma.testkit.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A timeout policy on real requests.
class TimeoutTest {

    @TempDir
    private Path folder;

    @Test
    void aSlowAnswerBecomesA504WithoutANewConnection() throws Exception {
        try (TestMesh mesh = TestMesh.start(folder)) {
            Shop shop = new Shop(mesh);
            eventually("traffic flows", () -> Http.get(shop.url()).statusCode() == 200);
            long connections = connections(shop);
            shop.cart.slowDown(Duration.ofSeconds(3));
            assertThat(Http.get(shop.url()).statusCode()).isEqualTo(200);

            mesh.apply("""
                    type: MeshTimeout
                    mesh: default
                    name: impatient
                    spec:
                      to: [{targetRef: {kind: MeshService, labels: {kuma.io/display-name: cart}}, default: {http: {requestTimeout: 500ms}}}]
                    """);

            eventually("the answer is a timeout", () -> Http.get(shop.url()).statusCode() == 504);
            long start = System.nanoTime();
            assertThat(Http.get(shop.url()).statusCode()).isEqualTo(504);
            assertThat(Duration.ofNanos(System.nanoTime() - start))
                    .isBetween(Duration.ofMillis(450), Duration.ofSeconds(2));
            assertThat(connections(shop))
                    .as("connections from web's Envoy to cart's")
                    .isEqualTo(connections);
        }
    }

    private static long connections(Shop shop) {
        return shop.webProxy
                .admin()
                .text("/stats?filter=upstream_cx_total")
                .lines()
                .filter(line -> line.contains("kri_msvc"))
                .mapToLong(line -> Long.parseLong(line.substring(line.lastIndexOf(' ') + 1)))
                .sum();
    }
}
