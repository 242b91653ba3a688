package io.higuma.e2e;

import static io.higuma.testkit.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A MeshMultiZoneService within one zone: called by itself, and as the backend of a route, with mutual TLS.
class MultiZoneServiceTest {

    @TempDir
    Path folder;

    @Test
    void itIsCalledWithMutualTlsByItselfAndAsTheBackendOfARoute() throws Exception {
        try (TestMesh mesh = TestMesh.start(folder)) {
            Shop shop = new Shop(mesh);
            mesh.apply("""
                    type: MeshMultiZoneService
                    mesh: default
                    name: carts
                    spec:
                      selector: {meshService: {matchLabels: {kuma.io/display-name: cart}}}
                      ports: [{port: 80, name: "8080", appProtocol: http}]
                    """);
            String carts = mesh.caller("clerk", "{kind: MeshMultiZoneService, name: carts, port: 80}")
                    .url();
            eventually("it is called in plaintext", () -> Http.get(carts).statusCode() == 200);

            mesh.apply(TestMesh.IDENTITY);
            mesh.apply(Shop.allow("web-to-cart", "web"));
            mesh.apply(Shop.allow("clerk-to-cart", "clerk"));
            eventually(
                    "it is called with an identity",
                    () -> Http.get(carts).body().contains("URI=spiffe://default.default.mesh.local/workload/clerk"));
            shop.awaitStrict();
            assertThat(Http.get(carts).statusCode()).isEqualTo(200);

            mesh.apply("""
                    type: MeshHTTPRoute
                    mesh: default
                    name: to-carts
                    spec:
                      to:
                        - targetRef: {kind: MeshService, labels: {kuma.io/display-name: cart}}
                          rules:
                            - matches: [{path: {type: PathPrefix, value: /}}]
                              default:
                                filters: [{type: RequestHeaderModifier, requestHeaderModifier: {set: [{name: x-by, value: carts}]}}]
                                backendRefs: [{kind: MeshMultiZoneService, labels: {kuma.io/display-name: carts}, port: 80}]
                    """);
            eventually("the route leads to it", () -> {
                String body = Http.get(shop.url()).body();
                return body.contains("x-by: carts")
                        && body.contains("URI=spiffe://default.default.mesh.local/workload/web");
            });
        }
    }
}
