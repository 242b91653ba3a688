package io.higuma.controlplane.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Where values come from, which wins, and what is said about a slip of the pen.
class ConfigLoaderTest {

    @TempDir
    private Path folder;

    private Path file(String yaml) throws IOException {
        return Files.writeString(folder.resolve("cp.yaml"), yaml);
    }

    private static EffectiveConfig environment(Map<String, String> variables) {
        return ConfigLoader.load(Optional.empty(), variables, Map.of());
    }

    @Test
    void theLaterSourceWinsAndEachValueKnowsWhereItIsFrom() throws Exception {
        Path yaml = file("""
                apiServer:
                  http:
                    port: 1001
                    interface: 127.0.0.1
                  https:
                    port: 1002
                dpServer:
                  port: 1003
                """);

        EffectiveConfig config = ConfigLoader.load(
                Optional.of(yaml),
                Map.of("KUMA_API_SERVER_HTTPS_PORT", "2002", "HIGUMA_DP_SERVER_PORT", "2003"),
                Map.of("dpServer.port", "3003"));

        assertThat(config.port("apiServer.http.port")).isEqualTo(1001);
        assertThat(config.port("apiServer.https.port")).isEqualTo(2002);
        assertThat(config.port("dpServer.port")).isEqualTo(3003);
        assertThat(config.port("diagnostics.serverPort")).isEqualTo(5680);
        assertThat(config.print(true))
                .contains("apiServer.http.port: 1001  # file cp.yaml:3\n")
                .contains("apiServer.https.port: 2002  # environment KUMA_API_SERVER_HTTPS_PORT\n")
                .contains("dpServer.port: 3003  # --set\n")
                .contains("diagnostics.serverPort: 5680  # default\n");
    }

    @Test
    void ourOwnNameOfAVariableWinsOverTheContracts() {
        EffectiveConfig config = environment(Map.of("KUMA_DP_SERVER_PORT", "1", "HIGUMA_DP_SERVER_PORT", "2"));

        assertThat(config.port("dpServer.port")).isEqualTo(2);
        assertThat(config.print(true)).contains("# environment HIGUMA_DP_SERVER_PORT");
    }

    @Test
    void everythingThatIsWrongIsSaidAtOnce() throws Exception {
        Path yaml = file("""
                apiServer:
                  http:
                    prot: 1
                    enabled: yes-please
                dpServer:
                  port: 70000
                """);

        assertThatThrownBy(() ->
                        ConfigLoader.load(Optional.of(yaml), Map.of("HIGUMA_API_SERVER_HTTP_PROT", "1"), Map.of()))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining(
                        "apiServer.http.prot: is not known (file cp.yaml:3), did you mean apiServer.http.port?")
                .hasMessageContaining(
                        "apiServer.http.enabled: expected true or false, found \"yes-please\" (file cp.yaml:4)")
                .hasMessageContaining(
                        "dpServer.port: expected a port from 0 (the system chooses) to 65535, found \"70000\"")
                .hasMessageContaining(
                        "environment HIGUMA_API_SERVER_HTTP_PROT: is not known, did you mean HIGUMA_API_SERVER_HTTP_PORT?");
    }

    @Test
    void aKeyThatResemblesNothingIsPointedToTheList() {
        assertThatThrownBy(() -> ConfigLoader.load(Optional.empty(), Map.of(), Map.of("zzz.qqq", "1")))
                .hasMessageContaining(
                        "zzz.qqq: is not known (--set); higuma cp config print lists the settings there are");
    }

    @Test
    void aFileOfTheReferenceIsReadAndWhatMeansNothingHereIsNoted() throws Exception {
        Path yaml = file("""
                environment: universal
                store:
                  type: memory
                  postgres:
                    host: db
                xdsServer:
                  dataplaneConfigurationRefreshInterval: 1s
                """);

        EffectiveConfig config =
                ConfigLoader.load(Optional.of(yaml), Map.of("KUMA_STORE_POSTGRES_PORT", "5432"), Map.of());

        assertThat(config.text("store.type")).isEqualTo("memory");
        assertThat(config.foreign())
                .contains(
                        "store.postgres.host",
                        "store.postgres.port",
                        "xdsServer.dataplaneConfigurationRefreshInterval");
    }

    /// Who restricts something by the contract's name must not be overheard.
    @Test
    void variablesOfTheContractThatDoNotFollowFromTheKeyAreReadToo() {
        EffectiveConfig config = environment(Map.of(
                "KUMA_ACCESS_STATIC_GET_CONFIG_DUMP_GROUPS", "operators",
                "KUMA_API_SERVER_HTTPS_CLIENT_CERTS_CA_FILE", "/ca.pem",
                "KUMA_XDS_DATAPLANE_DEREGISTRATION_DELAY", "1s"));

        assertThat(config.list("access.static.viewConfigDump.groups")).containsExactly("operators");
        assertThat(config.foreign())
                .containsExactly("apiServer.https.tlsCaFile", "xdsServer.dataplaneDeregistrationDelay");
    }

    @Test
    void aWordThatIsNotThereIsRefusedInsteadOfTakenForAnother() {
        assertThatThrownBy(() -> environment(Map.of(
                        "KUMA_STORE_TYPE", "postgres",
                        "KUMA_MODE", "standalone",
                        "KUMA_ENVIRONMENT", "kubernetes",
                        "KUMA_DP_SERVER_AUTHN_DP_PROXY_TYPE", "serviceAccountToken")))
                .hasMessageContaining("store.type: expected sqlite or memory, found \"postgres\"")
                .hasMessageContaining("mode: expected zone or global, found \"standalone\"")
                .hasMessageContaining("environment: expected universal, found \"kubernetes\"")
                .hasMessageContaining("found \"serviceAccountToken\"");
    }

    @Test
    void aZoneNeedsANameAndTheApiAPath() {
        assertThatThrownBy(() ->
                        environment(Map.of("KUMA_MULTIZONE_ZONE_NAME", "East_1", "KUMA_API_SERVER_BASE_PATH", "api")))
                .hasMessageContaining("multizone.zone.name: expected a DNS label")
                .hasMessageContaining("found \"East_1\"")
                .hasMessageContaining("apiServer.basePath: expected a path that begins with /, found \"api\"");
    }

    @Test
    void aFileThatIsNoYamlIsToldWithItsLine() throws Exception {
        Path yaml = file("apiServer:\n\thttp: 1\n");

        assertThatThrownBy(() -> ConfigLoader.load(Optional.of(yaml), Map.of(), Map.of()))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("cp.yaml:2");
    }

    @Test
    void aFileThatIsNotThereIsASentence() {
        assertThatThrownBy(() -> ConfigLoader.load(Optional.of(folder.resolve("none.yaml")), Map.of(), Map.of()))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("none.yaml")
                .hasMessageContaining("cannot be read");
    }

    @Test
    void listsAreCommaSeparatedEverywhere() throws Exception {
        Path yaml = file("access:\n  static:\n    adminResources:\n      users: [ann, ben]\n");

        EffectiveConfig config = ConfigLoader.load(
                Optional.of(yaml), Map.of("KUMA_ACCESS_STATIC_ADMIN_RESOURCES_GROUPS", "a, b,"), Map.of());

        assertThat(config.list("access.static.adminResources.users")).containsExactly("ann", "ben");
        assertThat(config.list("access.static.adminResources.groups")).containsExactly("a", "b");
    }

    @Test
    void variablesOfOtherPartsOfTheProductAreNobodysMistake() {
        assertThat(environment(Map.of("HIGUMA_HOME", "/x", "HIGUMA_API_TOKEN", "t", "KUMA_DATAPLANE_NAME", "web"))
                        .foreign())
                .isEmpty();
    }
}
