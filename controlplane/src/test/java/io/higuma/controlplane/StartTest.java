package io.higuma.controlplane;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.higuma.controlplane.config.ControlPlaneConfig;
import io.higuma.identity.ServerCertificate;
import io.higuma.identity.secret.SecretCipher;
import io.higuma.identity.token.SigningKey;
import io.higuma.model.Resource;
import io.higuma.model.core.CoreTypes;
import io.higuma.model.core.SecretSpec;
import io.higuma.store.Change;
import io.higuma.store.Expectation;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;

/// What a start makes, and what it refuses to start with.
class StartTest {

    private static final Map<String, String> LOOPBACK = Map.of(
            "apiServer.http.interface", "127.0.0.1",
            "apiServer.https.interface", "127.0.0.1",
            "dpServer.interface", "127.0.0.1",
            "diagnostics.interface", "127.0.0.1",
            "apiServer.http.port", "0",
            "apiServer.https.port", "0",
            "dpServer.port", "0",
            "diagnostics.serverPort", "0");

    @TempDir
    private Path folder;

    /// @param settings key, value, key, value …
    private ControlPlane start(String... settings) {
        Map<String, String> all = new TreeMap<>(LOOPBACK);
        for (int i = 0; i < settings.length; i += 2) {
            all.put(settings[i], settings[i + 1]);
        }
        return ControlPlane.start(ControlPlaneConfig.of(all, folder));
    }

    private Path data(String name) {
        return folder.resolve("cp").resolve(name);
    }

    private static String permissions(Path file) throws Exception {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
    }

    private static HttpResponse<String> get(int port, String path) throws Exception {
        try (HttpClient client = HttpClient.newHttpClient()) {
            return client.send(
                    HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
        }
    }

    private static List<String> names(ControlPlane plane, String type) {
        return plane.store().list(type).stream().map(Resource::name).toList();
    }

    @Test
    void theFirstStartMakesWhatIsNeededAndTheNextOnesKeepIt() throws Exception {
        String certificate;
        String cluster;
        SecretSpec key;
        try (ControlPlane plane = start()) {
            certificate = plane.certificate();

            assertThat(names(plane, "Mesh")).containsExactly("default");
            assertThat(names(plane, "Zone")).containsExactly("default");
            assertThat(names(plane, "GlobalSecret"))
                    .containsExactly("admin-user-token", "user-token-signing-key-1", "zone-token-signing-key-1");
            assertThat(names(plane, "Secret")).containsExactly("dataplane-token-signing-key-default-1");
            assertThat(names(plane, "MeshTimeout"))
                    .containsExactly("mesh-timeout-all-default", "mesh-timeout-to-all-default");
            key = secret(plane);
            assertThat(SigningKey.parse(key.data()).publicKey().getModulus().bitLength())
                    .isEqualTo(2048);
            cluster = get(plane.ports().http(), "/").body();
            assertThat(get(plane.ports().diagnostics(), "/ready").statusCode()).isEqualTo(200);
            assertThat(get(plane.ports().diagnostics(), "/health").statusCode()).isEqualTo(200);
            assertThat(get(plane.ports().diagnostics(), "/healthy").statusCode())
                    .isEqualTo(200);
            assertThat(get(plane.ports().diagnostics(), "/metrics").body()).contains("higuma_store_revision");
            plane.store()
                    .commit(
                            List.of(new Change.Delete(CoreTypes.MESH.key("", "default"), Expectation.ANYTHING)),
                            "test");
        }
        assertThat(permissions(folder.resolve("cp"))).isEqualTo("rwx------");
        assertThat(permissions(data("secrets.key"))).isEqualTo("rw-------");
        assertThat(permissions(data("tls/server.key"))).isEqualTo("rw-------");
        assertThat(permissions(data("higuma.db"))).isEqualTo("rw-------");

        try (ControlPlane plane = start()) {
            assertThat(plane.certificate()).isEqualTo(certificate);
            assertThat(secret(plane)).isEqualTo(key);
            assertThat(names(plane, "Mesh"))
                    .as("who deletes it does not get it back")
                    .isEmpty();
            String again = get(plane.ports().http(), "/").body();
            assertThat(clusterId(again)).isEqualTo(clusterId(cluster)).isNotEmpty();
        }
    }

    private static SecretSpec secret(ControlPlane plane) {
        return plane.store()
                .get(CoreTypes.GLOBAL_SECRET.key("", "user-token-signing-key-1"))
                .orElseThrow()
                .spec(SecretSpec.class);
    }

    private static String clusterId(String index) {
        return JsonMapper.shared().readTree(index).path("clusterId").asString();
    }

    @Test
    void aPortInUseIsToldWithItsHolderAndNothingStaysOpen() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
            String port = Integer.toString(taken.getLocalPort());
            for (String setting :
                    List.of("apiServer.http.port", "apiServer.https.port", "dpServer.port", "diagnostics.serverPort")) {
                assertThatThrownBy(() -> start(setting, port))
                        .isInstanceOf(StartException.class)
                        .hasMessageContaining("port " + port + " on 127.0.0.1 cannot be used: it is taken by java (pid "
                                + ProcessHandle.current().pid() + ")")
                        .hasMessageContaining("set " + setting + " to another port");
            }
        }
        // the data was let go of each time
        try (ControlPlane plane = start()) {}
    }

    @Test
    void dataOfANewerVersionIsLeftAloneWithASentence() throws Exception {
        try (ControlPlane plane = start()) {}
        Path database = data("higuma.db");
        // the number of the schema: bytes 60 to 63 of the header of the file (SQLite file format, 1.3)
        byte[] bytes = Files.readAllBytes(database);
        bytes[63] = 99;
        Files.write(database, bytes);
        byte[] before = Files.readAllBytes(database);

        assertThatThrownBy(this::start)
                .isInstanceOf(StartException.class)
                .hasMessageContaining("newer version of this program (schema 99")
                .hasMessageContaining("restore a backup");
        assertThat(Files.readAllBytes(database)).isEqualTo(before);
    }

    @Test
    void aDamagedKeyOfSecretsIsASentence() throws Exception {
        try (ControlPlane plane = start()) {}
        Files.writeString(data("secrets.key"), "not a key");

        assertThatThrownBy(this::start)
                .isInstanceOf(StartException.class)
                .hasMessageContaining("secrets.key")
                .hasMessageNotContaining("not a key");
    }

    @Test
    void secretsWithoutTheirKeyAreASentenceAndNoNewKeyIsMade() throws Exception {
        try (ControlPlane plane = start()) {}
        byte[] key = Files.readAllBytes(data("secrets.key"));
        Files.delete(data("secrets.key"));

        assertThatThrownBy(this::start)
                .isInstanceOf(StartException.class)
                .hasMessageContaining("secrets.key is missing")
                .hasMessageContaining("restore it from a backup");
        assertThat(data("secrets.key")).doesNotExist();

        // another folder's
        SecretCipher.fromFile(data("secrets.key"), new SecureRandom());
        assertThatThrownBy(this::start)
                .isInstanceOf(StartException.class)
                .hasMessageContaining("restore the key file that belongs to this data");

        Files.write(data("secrets.key"), key);
        try (ControlPlane plane = start()) {
            assertThat(names(plane, "GlobalSecret")).contains("admin-user-token");
        }
    }

    @Test
    void aKeyOfSecretsThatCannotBeReadIsASentence() throws Exception {
        Files.createDirectories(data("secrets.key"));
        Files.setPosixFilePermissions(data("secrets.key"), PosixFilePermissions.fromString("rwx------"));

        assertThatThrownBy(this::start)
                .isInstanceOf(StartException.class)
                .hasMessageContaining("secrets.key cannot be read or made: Is a directory");
    }

    @Test
    void aFolderThatIsAFileIsASentence() throws Exception {
        Files.writeString(folder.resolve("cp"), "");

        assertThatThrownBy(this::start)
                .isInstanceOf(StartException.class)
                .hasMessageContaining("cannot be used: Not a directory: ")
                .hasMessageNotContaining("Exception");
    }

    @Test
    void aCertificateThatIsNotThereIsASentence() {
        assertThatThrownBy(() -> start("general.tlsCertFile", "/nowhere.crt", "general.tlsKeyFile", "/nowhere.key"))
                .isInstanceOf(StartException.class)
                .hasMessage("the certificate of the servers (general.tlsCertFile, general.tlsKeyFile) cannot be used:"
                        + " there is no file /nowhere.crt");
    }

    @Test
    void aCertificateWithTheKeyOfAnotherIsASentence() throws Exception {
        ServerCertificate one = ServerCertificate.selfSigned(List.of("localhost"), Instant.now(), new SecureRandom());
        ServerCertificate two = ServerCertificate.selfSigned(List.of("localhost"), Instant.now(), new SecureRandom());
        Path certificate = Files.writeString(folder.resolve("own.crt"), one.certificate());
        Path key = Files.writeString(folder.resolve("own.key"), two.key());

        assertThatThrownBy(() ->
                        start("general.tlsCertFile", certificate.toString(), "general.tlsKeyFile", key.toString()))
                .isInstanceOf(StartException.class)
                .hasMessageEndingWith("cannot be used: the key is not the one of the certificate");

        Files.writeString(key, "no key");
        assertThatThrownBy(() ->
                        start("general.tlsCertFile", certificate.toString(), "general.tlsKeyFile", key.toString()))
                .isInstanceOf(StartException.class)
                .hasMessageEndingWith("cannot be used: there is no private key in PEM in the text");
    }

    @Test
    void aCertificateOfOursThatIsDamagedIsASentence() throws Exception {
        try (ControlPlane plane = start()) {}
        Files.writeString(data("tls/server.crt"), "");

        assertThatThrownBy(this::start)
                .isInstanceOf(StartException.class)
                .hasMessageContaining("there is no certificate in the text; delete both, and new ones are made");
    }

    @Test
    void aCertificateWithoutItsKeyIsASentence() {
        assertThatThrownBy(() -> start("general.tlsCertFile", "/nowhere.crt"))
                .isInstanceOf(StartException.class)
                .hasMessageContaining("belong together");
    }

    @Test
    void theConfigurationThatIsShownHasNoSecrets() throws Exception {
        try (ControlPlane plane = start("store.type", "memory")) {

            HttpResponse<String> config = get(plane.ports().http(), "/config");

            assertThat(config.statusCode()).isEqualTo(200);
            assertThat(config.body()).contains("\"bootstrapAdminToken\"").doesNotContain("PRIVATE");
        }
    }
}
