package io.higuma.e2e;

import static io.higuma.testkit.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpResponse;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// What a connected proxy was told, as people may see it.
class InspectConfigTest {

    private static final String CONFIG = "/meshes/default/dataplanes/web/_config";
    private static final String LISTENERS = "type.googleapis.com/envoy.config.listener.v3.Listener";
    private static final String ROUTES = "type.googleapis.com/envoy.config.route.v3.RouteConfiguration";
    private static final String SECRETS = "type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.Secret";

    @TempDir
    private Path folder;

    private static JsonNode json(String text) {
        return JsonMapper.shared().readTree(text);
    }

    private static JsonNode ask(TestMesh mesh, String query) {
        HttpResponse<String> answer = mesh.call("GET", CONFIG + query, "");
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return json(answer.body());
    }

    @Test
    void itIsShownWithoutKeysAndWithWhatShadowPoliciesWouldChange() throws Exception {
        try (TestMesh mesh = TestMesh.start(folder)) {
            // Given a proxy with an identity
            mesh.apply(TestMesh.IDENTITY);
            String address = TestMesh.nextAddress();
            mesh.sidecar(
                    "default",
                    "web",
                    "web",
                    "{address: " + address
                            + ", inbound: [{port: 8080, servicePort: 18080, name: main, protocol: http}]}");

            // When its configuration is asked for
            JsonNode xds = eventually(
                    "its secrets are there",
                    () -> ask(mesh, "").path("xds"),
                    found -> found.path(SECRETS).size() == 2);

            // Then what Envoy was told is there, and of its secrets only what is public
            assertThat(xds.path(LISTENERS).path("self_inbound_dp_main").toString())
                    .contains(address);
            String secrets = xds.path(SECRETS).toString();
            assertThat(secrets).contains("[redacted]").contains("certificateChain");
            assertThat(secrets.split("inlineBytes", -1).length - 1)
                    .as("the chain and the bundle; the key is not among them")
                    .isEqualTo(2);

            // And the same in Envoy's own shape
            HttpResponse<String> dump = mesh.call("GET", "/meshes/default/dataplanes/web/xds", "");
            assertThat(dump.statusCode()).as(dump.body()).isEqualTo(200);
            assertThat(json(dump.body()).findValuesAsString("name")).contains("self_inbound_dp_main");
            assertThat(dump.body()).contains("[redacted]").contains("dynamic_listeners");

            // When a policy is only tried out
            mesh.apply("""
                    type: MeshTimeout
                    mesh: default
                    name: a-try
                    labels: {kuma.io/effect: shadow}
                    spec: {rules: [{default: {http: {requestTimeout: 77s}}}]}
                    """);

            // Then it is seen by who asks for it, as a difference to what runs
            JsonNode shadow = eventually(
                    "the policy is known",
                    () -> ask(mesh, "?shadow=true&include=diff"),
                    found -> found.path("xds").path(ROUTES).toString().contains("77s"));
            JsonNode replaced = json("null");
            for (JsonNode operation : shadow.path("diff")) {
                if (operation.path("op").asString().equals("replace")) {
                    replaced = operation;
                }
            }
            assertThat(replaced.path("path").asString())
                    .startsWith("/" + ROUTES.replace("/", "~1") + "/self_inbound_dp_main/");
            assertThat(replaced.path("value").toString()).contains("77s");
            assertThat(ask(mesh, "").path("xds").path(ROUTES).toString()).doesNotContain("77s");
            assertThat(ask(mesh, "?include=diff").path("diff").isArray()).isTrue();
        }
    }
}
