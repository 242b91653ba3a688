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

/// `apiServer.validateWithEnvoy`: the answer to a write is Envoy's.
class EnvoyWriteCheckTest {

    private final HttpClient http = HttpClient.newHttpClient();

    @TempDir
    private Path folder;

    @Test
    void whatTheRealEnvoyTakesIsStored() throws Exception {
        try (ControlPlane plane = start(EnvoyBinary.path());
                AdsClient proxy = proxy(plane)) {
            assertThat(timeout(plane, "7s").statusCode()).isEqualTo(201);
            eventually("it is the proxy's", () -> !proxy.held(TypeUrl.ROUTE).isEmpty());
        }
    }

    @Test
    void whatEnvoyRefusesIsNotStoredAndTheAnswerHasItsWords() throws Exception {
        // An Envoy that takes what there is, and nothing with the new timeout in it.
        Path picky =
                program("#!/bin/sh\nif grep -q a-quick-name \"$4\"; then echo 'no such filter'; exit 1; fi\nexit 0\n");
        try (ControlPlane plane = start(picky);
                AdsClient proxy = proxy(plane)) {
            long before = plane.store().revision();

            HttpResponse<String> answer = put(plane, "/meshes/default/dataplanes/web-1", """
                    {"type": "Dataplane", "mesh": "default", "name": "web-1", "labels": {"kuma.io/workload": "web"},
                     "networking": {"address": "127.0.0.11",
                      "inbound": [{"port": 8080, "protocol": "http", "name": "a-quick-name"}]}}""");

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

    private Path program(String text) throws IOException {
        Path file = folder.resolve("envoy");
        Files.writeString(file, text);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwx------"));
        return file;
    }

    private ControlPlane start(Path envoy) throws InterruptedException {
        ControlPlane plane = ControlPlane.start(ControlPlaneConfig.of(
                Map.of(
                        "apiServer.http.port", "0",
                        "apiServer.http.interface", "127.0.0.1",
                        "apiServer.https.enabled", "false",
                        "apiServer.validateWithEnvoy", "true",
                        "apiServer.envoyBinary", envoy.toString(),
                        "dpServer.port", "0",
                        "dpServer.authn.dpProxy.type", "none",
                        "diagnostics.serverPort", "0",
                        "store.type", "memory",
                        "dataDir", folder.resolve("cp").toString()),
                folder));
        return plane;
    }

    private AdsClient proxy(ControlPlane plane) throws Exception {
        put(plane, "/meshes/default/dataplanes/web-1", """
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
