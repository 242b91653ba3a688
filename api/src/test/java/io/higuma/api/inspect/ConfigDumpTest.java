package io.higuma.api.inspect;

import static org.assertj.core.api.Assertions.assertThat;

import io.higuma.envoy.EndpointGroup;
import io.higuma.envoy.Interner;
import io.higuma.envoy.ProxyCompiler;
import io.higuma.model.wire.Bytes;
import io.higuma.model.wire.ProxyConfig;
import io.higuma.model.wire.ResourceSet;
import io.higuma.model.wire.TypeUrl;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/// The shape is that of Envoy's `/config_dump`, for clients that read one.
class ConfigDumpTest {

    private static final ProxyCompiler COMPILER = new ProxyCompiler(new Interner(), List.of());
    private static final ProxyConfig CONFIG = new ProxyConfig(
            1,
            Map.of(
                    TypeUrl.ENDPOINT,
                    ResourceSet.of(List.of(COMPILER.endpoints(new EndpointGroup("cart", List.of())))),
                    TypeUrl.SECRET,
                    ResourceSet.of(List.of(COMPILER.certificate("identity", bytes("the chain"), bytes("the key"))))));

    private static Bytes bytes(String text) {
        return Bytes.wrap(text.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void everyPartIsThereAndEndpointsOnlyWhenAskedFor() {
        JsonNode dump = ConfigDump.of(CONFIG, true);

        assertThat(dump.path("configs").findValuesAsString("@type"))
                .contains(
                        "type.googleapis.com/envoy.admin.v3.ClustersConfigDump",
                        "type.googleapis.com/envoy.admin.v3.EndpointsConfigDump",
                        "type.googleapis.com/envoy.admin.v3.ListenersConfigDump",
                        "type.googleapis.com/envoy.admin.v3.RoutesConfigDump",
                        "type.googleapis.com/envoy.admin.v3.SecretsConfigDump");
        JsonNode endpoint = dump.at("/configs/1/dynamic_endpoint_configs/0");
        assertThat(endpoint.at("/endpoint_config/@type").asString()).isEqualTo(TypeUrl.ENDPOINT.url());
        assertThat(endpoint.at("/endpoint_config/cluster_name").asString()).isEqualTo("cart");
        assertThat(endpoint.path("version_info").asString()).isNotEmpty();
        assertThat(ConfigDump.of(CONFIG, false).toString()).doesNotContain("EndpointsConfigDump");
    }

    @Test
    void aKeyIsNeverInIt() {
        JsonNode secret = ConfigDump.of(CONFIG, false).at("/configs/3/dynamic_active_secrets/0");

        assertThat(secret.path("name").asString()).isEqualTo("identity");
        assertThat(secret.at("/secret/tls_certificate/private_key/inline_string")
                        .asString())
                .isEqualTo("[redacted]");
        assertThat(secret.toString()).doesNotContain("dGhlIGtleQ"); // "the key" in base64
    }
}
