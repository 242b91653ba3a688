package io.higuma.e2e;

import static io.higuma.testkit.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.higuma.controlplane.ControlPlane;
import io.higuma.controlplane.config.ControlPlaneConfig;
import io.higuma.model.wire.TypeUrl;
import io.higuma.testkit.envoy.EnvoyBinary;
import io.higuma.testkit.xds.AdsClient;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// `apiServer.validateWithEnvoy` for all writes, `?validateWithEnvoy=true` for one: the answer is Envoy's.
class EnvoyWriteCheckTest {

    private static final String DATAPLANE = "/meshes/default/dataplanes/web-1";
    private static final String NAMED = """
            {"type": "Dataplane", "mesh": "default", "name": "web-1", "labels": {"kuma.io/workload": "web"},
             "networking": {"address": "127.0.0.11",
              "inbound": [{"port": 8080, "protocol": "http", "name": "a-quick-name"}]}}""";

    private final HttpClient http = HttpClient.newHttpClient();

    @TempDir
    private Path folder;

    @Test
    void whatTheRealEnvoyTakesIsStored() throws Exception {
        try (ControlPlane plane = start(EnvoyBinary.path(), true);
                AdsClient proxy = proxy(plane)) {
            assertThat(timeout(plane, "7s").statusCode()).isEqualTo(201);
            eventually("it is the proxy's", () -> !proxy.held(TypeUrl.ROUTE).isEmpty());
        }
    }

    @Test
    void whatEnvoyRefusesIsNotStoredAndTheAnswerHasItsWords() throws Exception {
        try (ControlPlane plane = start(picky(), true);
                AdsClient proxy = proxy(plane)) {
            long before = plane.store().revision();

            HttpResponse<String> answer = put(plane, DATAPLANE, NAMED);

            assertThat(answer.statusCode()).as(answer.body()).isEqualTo(400);
            assertThat(answer.body()).contains("proxy default/web-1: no such filter");
            assertThat(plane.store()
                            .get(io.higuma.model.core.CoreTypes.DATAPLANE.key("default", "web-1"))
                            .orElseThrow()
                            .meta()
                            .revision())
                    .isLessThanOrEqualTo(before);
            assertThat(proxy.status()).isEmpty();
        }
    }

    @Test
    void aWriteThatAsksForItIsTriedAlthoughTheOthersAreNot() throws Exception {
        // Given a control plane that does not try writes, and a picky Envoy on its host
        try (ControlPlane plane = start(picky(), false);
                AdsClient _ = proxy(plane)) {
            // When a write asks for it, then it is refused
            HttpResponse<String> answer = put(plane, DATAPLANE + "?validateWithEnvoy=true", NAMED);
            assertThat(answer.statusCode()).as(answer.body()).isEqualTo(400);
            assertThat(answer.body()).contains("proxy default/web-1: no such filter");

            // And a word that is neither yes nor no is refused, and a write that does not ask is taken
            HttpResponse<String> odd = put(plane, DATAPLANE + "?validateWithEnvoy=maybe", NAMED);
            assertThat(odd.statusCode()).as(odd.body()).isEqualTo(400);
            assertThat(odd.body()).contains("'validateWithEnvoy'");
            assertThat(put(plane, DATAPLANE, NAMED).statusCode()).isEqualTo(200);
        }
    }

    @Test
    void whereEnvoyDoesNotAnswerAWriteThatAsksForItIsNotTaken() throws Exception {
        // Given a program in Envoy's place that cannot be run
        try (ControlPlane plane = start(folder.resolve("nowhere"), false);
                AdsClient _ = proxy(plane)) {
            HttpResponse<String> answer = put(plane, DATAPLANE + "?validateWithEnvoy=true", NAMED);

            assertThat(answer.statusCode()).as(answer.body()).isEqualTo(503);
            assertThat(answer.body()).contains("nothing was written");
        }
    }

    /// An Envoy that takes what there is, and nothing with the new name in it.
    private Path picky() throws IOException {
        return program("#!/bin/sh\nif grep -q a-quick-name \"$4\"; then echo 'no such filter'; exit 1; fi\nexit 0\n");
    }

    private Path program(String text) throws IOException {
        Path file = folder.resolve("envoy");
        Files.writeString(file, text);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwx------"));
        return file;
    }

    private ControlPlane start(Path envoy, boolean always) throws InterruptedException {
        return ControlPlane.start(ControlPlaneConfig.of(
                Map.of(
                        "apiServer.http.port", "0",
                        "apiServer.http.interface", "127.0.0.1",
                        "apiServer.https.enabled", "false",
                        "apiServer.validateWithEnvoy", Boolean.toString(always),
                        "apiServer.envoyBinary", envoy.toString(),
                        "dpServer.port", "0",
                        "dpServer.authn.dpProxy.type", "none",
                        "diagnostics.serverPort", "0",
                        "store.type", "memory",
                        "dataDir", folder.resolve("cp").toString()),
                folder));
    }

    private AdsClient proxy(ControlPlane plane) throws Exception {
        put(plane, DATAPLANE, """
                {"type": "Dataplane", "mesh": "default", "name": "web-1", "labels": {"kuma.io/workload": "web"},
                 "networking": {"address": "127.0.0.11", "inbound": [{"port": 8080, "protocol": "http"}]}}""");
        AdsClient client = AdsClient.of(
                        new InetSocketAddress("127.0.0.1", plane.ports().dataplanes()), "default.web-1")
                .connect();
        eventually("web-1 has its route", () -> !client.held(TypeUrl.ROUTE).isEmpty());
        return client;
    }

    private HttpResponse<String> timeout(ControlPlane plane, String request) throws Exception {
        return put(plane, "/meshes/default/meshtimeouts/a-quick", """
                {"type": "MeshTimeout", "mesh": "default", "name": "a-quick",
                 "spec": {"rules": [{"default": {"http": {"requestTimeout": "%s"}}}]}}""".formatted(request));
    }

    private HttpResponse<String> put(ControlPlane plane, String path, String body)
            throws IOException, InterruptedException {
        return http.send(
                HttpRequest.newBuilder(
                                URI.create("http://127.0.0.1:" + plane.ports().http() + path))
                        .header("content-type", "application/json")
                        .PUT(HttpRequest.BodyPublishers.ofString(body))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }
}
