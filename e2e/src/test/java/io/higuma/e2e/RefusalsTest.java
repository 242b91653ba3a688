package io.higuma.e2e;

import static io.higuma.testkit.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.higuma.testkit.envoy.EnvoyProcess;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

/// Configuration that cannot be run: it hurts one proxy, says why, and hurts nobody else.
class RefusalsTest {

    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    private Path folder;

    @Test
    void whatEnvoyRefusesIsReadInItsOwnWordsAndItsLastGoodConfigurationStays() throws Exception {
        try (TestMesh mesh = TestMesh.start(folder)) {
            String cartAddress = TestMesh.nextAddress();
            // A Dataplane that a person writes, so that it can be changed while its sidecar runs
            mesh.apply(dataplane(cartAddress, 8080));
            Proxy cart = mesh.run("cart", mesh.token("default", "cart"), "--name", "cart-1", "--mesh", "default")
                    .awaitConfigured();
            String webAddress = TestMesh.nextAddress();
            int port = EnvoyProcess.freePort(webAddress).getPort();
            Proxy web = mesh.sidecar(
                    "default",
                    "web-1",
                    "web",
                    "{address: " + webAddress + ", inbound: [{port: " + port + ", servicePort: 1, protocol: http}]}");

            // No check of ours can know that somebody else listens there already
            try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getByName(cartAddress))) {
                long revision = mesh.apply(dataplane(cartAddress, taken.getLocalPort()));

                JsonNode insight = eventually(
                        "Envoy's words stand on the dataplane",
                        () -> JSON.readTree(mesh.get("/meshes/default/dataplanes/cart-1/_overview"))
                                .path("dataplaneInsight"),
                        found -> found.has("problem"));
                assertThat(insight.path("problem").asString("")).contains("cannot bind");
                JsonNode receipt = eventually(
                        "and on the receipt",
                        () -> JSON.readTree(mesh.get("/revisions/" + revision)).path("refused"),
                        refused -> !refused.isEmpty());
                assertThat(receipt.toString()).contains("default/cart-1").contains("cannot bind");
                assertThat(cart.isAlive()).isTrue();

                // Others go on
                mesh.apply("""
                        type: MeshTimeout
                        mesh: default
                        name: patient
                        spec:
                          targetRef: {kind: Dataplane, labels: {kuma.io/workload: web}}
                          rules: [{default: {http: {requestTimeout: 77s}}}]
                        """);
                eventually(
                        "web runs what came later",
                        () -> web.admin().text("/config_dump?resource=dynamic_route_configs")
                                + mesh.get("/meshes/default/dataplanes/web-1/_overview"),
                        dump -> dump.contains("77s"));
            }

            // Mended, it is taken
            mesh.apply(dataplane(cartAddress, 8081));
            eventually(
                    "the problem is gone",
                    () -> !mesh.get("/meshes/default/dataplanes/cart-1/_overview")
                            .contains("problem"));
            assertThat(cart.admin().text("/listeners")).contains(cartAddress + ":8081");
        }
    }

    @Test
    void aProxyThatCannotBeCompiledKeepsWhatItHasAndStopsNobody() throws Exception {
        try (TestMesh mesh = TestMesh.start(folder)) {
            Shop shop = new Shop(mesh);
            String address = TestMesh.nextAddress();
            int port = EnvoyProcess.freePort(address).getPort();
            mesh.apply(caller(address, port, port + 1));
            mesh.run("odd", mesh.token("default", "odd"), "--name", "odd-1", "--mesh", "default")
                    .awaitConfigured();
            eventually(
                    "it calls cart",
                    () -> Http.get("http://" + address + ":" + port + "/").statusCode() == 200);

            // Both outbounds on one port: no Envoy could run that, so none is asked to, and who writes it is told
            assertThat(mesh.put(caller(address, port, port)).getLast().body())
                    .contains("networking.outbound[1]", "both want " + address + ":" + port);

            JsonNode insight = eventually(
                    "the reason stands on the dataplane",
                    () -> JSON.readTree(mesh.get("/meshes/default/dataplanes/odd-1/_overview"))
                            .path("dataplaneInsight"),
                    found -> found.has("problem"));
            assertThat(insight.path("problem").asString("")).contains("both want " + address + ":" + port);
            assertThat(Http.get("http://" + address + ":" + port + "/").statusCode())
                    .isEqualTo(200);
            mesh.apply("""
                    type: MeshTimeout
                    mesh: default
                    name: impatient
                    spec:
                      to: [{targetRef: {kind: MeshService, labels: {kuma.io/display-name: cart}}, default: {http: {requestTimeout: 77s}}}]
                    """);
            eventually(
                    "others go on",
                    () -> shop.webProxy.admin().text("/config_dump").contains("77s"));
        }
    }

    private static String dataplane(String address, int port) {
        return TestMesh.document(
                "default",
                "cart-1",
                "cart",
                "{address: " + address + ", inbound: [{port: " + port + ", servicePort: 1, protocol: http}]}");
    }

    private static String caller(String address, int first, int second) {
        return TestMesh.document(
                "default",
                "odd-1",
                "odd",
                "{address: " + address + ", outbound: [{address: " + address + ", port: " + first
                        + ", backendRef: {kind: MeshService, name: cart, port: 8080}}, {address: " + address
                        + ", port: " + second + ", backendRef: {kind: MeshService, name: cart, port: 8080}}]}");
    }
}
