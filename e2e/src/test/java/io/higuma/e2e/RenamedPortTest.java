package io.higuma.e2e;

import static io.higuma.testkit.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.higuma.testkit.envoy.EnvoyProcess;
import io.higuma.testkit.net.Upstream;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A port gets another name: for Envoy that is another listener in the same place.
class RenamedPortTest {

    @TempDir
    Path folder;

    @Test
    void itGoesOnBeingServedAndCalled() throws Exception {
        try (TestMesh mesh = TestMesh.start(folder)) {
            // Given an instance whose port has a name, and a caller
            Upstream upstream = mesh.closing(Upstream.start("cart-1", new InetSocketAddress("127.0.0.1", 0)));
            String cart = TestMesh.nextAddress();
            String web = TestMesh.nextAddress();
            int port = EnvoyProcess.freePort(web).getPort();
            mesh.apply(cart(cart, upstream, "main"));
            Proxy served = mesh.run("cart", mesh.token("default", "cart"), "--mesh", "default", "--name", "cart-1")
                    .awaitConfigured();
            Proxy caller = mesh.sidecar(
                    "default",
                    "web-1",
                    "web",
                    "{address: " + web + ", outbound: [{address: " + web + ", port: " + port
                            + ", backendRef: {kind: MeshService, name: cart, port: 8080}}]}");
            String url = "http://" + web + ":" + port + "/";
            eventually("it answers", () -> Http.get(url).statusCode() == 200);

            // When it gets another
            mesh.apply(cart(cart, upstream, "other"));

            // Then both sides have the new listener, nothing is refused, and it answers
            eventually(
                    "the caller has another listener",
                    () -> caller.admin().text("/listeners").contains("cart_other"));
            eventually(
                    "so has the instance",
                    () -> served.admin().text("/listeners").contains("self_inbound_dp_other"));
            eventually("it answers", () -> Http.get(url).statusCode() == 200);
            assertThat(caller.admin().text("/listeners")).doesNotContain("cart_main");
            assertThat(mesh.get("/meshes/default/dataplanes/web-1/_overview")).doesNotContain("problem");
            assertThat(mesh.get("/meshes/default/dataplanes/cart-1/_overview")).doesNotContain("problem");
        }
    }

    private static String cart(String address, Upstream upstream, String name) {
        return TestMesh.document(
                "default",
                "cart-1",
                "cart",
                "{address: " + address + ", inbound: [{port: 8080, servicePort: " + upstream.port()
                        + ", protocol: http, name: " + name + "}]}");
    }
}
