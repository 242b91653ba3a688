package io.higuma.e2e;

import static io.higuma.testkit.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.higuma.controlplane.ControlPlane;
import io.higuma.controlplane.config.ControlPlaneConfig;
import io.higuma.model.wire.TypeUrl;
import io.higuma.testkit.xds.AdsClient;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Is a change live? Asked of a whole control plane with clients that speak as Envoy does.
class ReceiptsTest {

    private static final Path OBSERVABILITY =
            Path.of(System.getProperty("higuma.root", "..")).resolve("docs/observability.md");

    private final HttpClient http = HttpClient.newHttpClient();
    private final List<AdsClient> clients = new ArrayList<>();

    @TempDir
    private Path folder;

    private ControlPlane plane;

    @BeforeEach
    void start() throws InterruptedException {
        plane = ControlPlane.start(ControlPlaneConfig.of(
                Map.of(
                        "apiServer.http.port", "0",
                        "apiServer.http.interface", "127.0.0.1",
                        "apiServer.https.enabled", "false",
                        "dpServer.port", "0",
                        "dpServer.authn.dpProxy.type", "none",
                        "diagnostics.serverPort", "0",
                        "store.type", "memory",
                        "dataDir", folder.toString()),
                folder));
    }

    @AfterEach
    void close() {
        clients.forEach(AdsClient::close);
        plane.close();
    }

    @Test
    void aReceiptTellsWhoRunsAChangeAndWhoRefusesItWithItsWords() throws Exception {
        client("web-1", "127.0.0.11");
        AdsClient stubborn = client("web-2", "127.0.0.12");
        stubborn.refuseIf(resource -> resource.getName().startsWith("self_inbound"));

        long revision = timeout("7s");

        JsonNode receipt = json("/revisions/" + revision + "?wait=20s");
        assertThat(receipt.path("answered").asBoolean()).as(receipt.toString()).isTrue();
        assertThat(receipt.path("complete").asBoolean()).isFalse();
        assertThat(receipt.path("concerned").asInt()).isEqualTo(2);
        assertThat(receipt.path("running").asInt()).isEqualTo(1);
        assertThat(receipt.path("refused").path(0).path("proxy").asString()).isEqualTo("default/web-2");
        assertThat(receipt.path("refused").path(0).path("message").asString()).contains("refused by the test client");
        assertThat(receipt.path("firstMillis").asInt(-1)).isNotNegative();
        assertThat(receipt.path("writes").path(0).path("name").asString()).isEqualTo("a-quick");

        JsonNode refusing = json("/revisions/" + revision + "/proxies?state=refused&size=1");
        assertThat(refusing.path("total").asInt()).isEqualTo(1);
        assertThat(refusing.path("items").path(0).path("name").asString()).isEqualTo("web-2");
        JsonNode newest = json("/revisions").path("items").path(0);
        assertThat(newest.path("revision").asLong()).isEqualTo(revision);
        assertThat(newest.path("writes").path(0).path("author").asString()).isEqualTo("mesh-system:admin");

        stubborn.refuseIf(resource -> false);
        long better = timeout("8s");

        assertThat(json("/revisions/" + better + "?wait=20s").path("complete").asBoolean())
                .isTrue();
        assertThat(json("/revisions/" + revision).path("complete").asBoolean())
                .as("who runs the newer one runs the older one")
                .isTrue();
    }

    @Test
    void whoReadsNothingIsMissingAndNobodyWaitsForHimLonger() throws Exception {
        client("web-1", "127.0.0.11");
        AdsClient silent = client("web-2", "127.0.0.12");
        silent.disconnect();
        eventually("web-2 is away", () -> json("/_status").path("streams").asInt() == 1);

        long revision = timeout("7s");

        JsonNode receipt = json("/revisions/" + revision + "?wait=20s");
        assertThat(receipt.path("complete").asBoolean()).as(receipt.toString()).isTrue();
        assertThat(receipt.path("concerned").asInt()).isEqualTo(1);
    }

    @Test
    void whatIsNotKnownIsASentence() throws Exception {
        assertThat(get("/revisions/999999").statusCode()).isEqualTo(404);
        assertThat(json("/revisions/999999").path("detail").asString()).contains("does not exist yet: the newest is ");
        assertThat(json("/revisions/0").path("detail").asString()).isEqualTo("revisions begin with 1");
        assertThat(get("/revisions/1?wait=soon").statusCode()).isEqualTo(400);
        assertThat(get("/revisions/x").statusCode()).isEqualTo(400);
        long revision = timeout("7s");
        assertThat(json("/revisions/" + revision + "/proxies?state=sad")
                        .path("detail")
                        .asString())
                .contains("state is one of running, missing, refused, away, gone");
    }

    @Test
    void metricsAreTheDocumentedOnes() throws Exception {
        client("web-1", "127.0.0.11");
        json("/revisions/" + timeout("7s") + "?wait=20s");

        String scraped = http.send(
                        HttpRequest.newBuilder(URI.create(
                                        "http://127.0.0.1:" + plane.ports().diagnostics() + "/metrics"))
                                .build(),
                        HttpResponse.BodyHandlers.ofString())
                .body();

        assertThat(names(scraped, "(?m)^# HELP (higuma_[a-z_]+) "))
                .isEqualTo(names(Files.readString(OBSERVABILITY), "(?m)^\\| `(higuma_[a-z_]+)` \\|"));
        assertThat(scraped)
                .contains("higuma_streams 1.0", "higuma_revision_lag{quantile=\"1\"} 0.0")
                .containsPattern("higuma_propagation_seconds_count [1-9]")
                .containsPattern("higuma_pushes_total\\{reason=\"connect\",type=\"cluster\"} [1-9]")
                .containsPattern("higuma_pushes_total\\{reason=\"plan\",type=\"(route|cluster|listener)\"} [1-9]");
        JsonNode status = json("/_status");
        assertThat(status.path("types").path("cluster").path("bytes").asLong()).isPositive();
        assertThat(status.path("durations").path("storeWrite").path("count").asLong())
                .isPositive();
    }

    @Test
    void everyStageIsAnEventOfTheFlightRecorder() throws Exception {
        Path file = folder.resolve("cp.jfr");
        try (Recording recording = new Recording()) {
            recording.start();
            client("web-1", "127.0.0.11");
            json("/revisions/" + timeout("7s") + "?wait=20s");
            recording.stop();
            recording.dump(file);
        }

        TreeSet<String> recorded = new TreeSet<>();
        for (RecordedEvent event : RecordingFile.readAllEvents(file)) {
            if (event.getEventType().getName().startsWith("higuma.")) {
                recorded.add(event.getEventType().getName());
            }
        }
        assertThat(recorded)
                .isEqualTo(names(Files.readString(OBSERVABILITY), "(?m)^\\| `(higuma\\.[A-Z][A-Za-z]+)` \\|"));
    }

    private static TreeSet<String> names(String text, String pattern) {
        return Pattern.compile(pattern)
                .matcher(text)
                .results()
                .map((MatchResult match) -> match.group(1))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private AdsClient client(String name, String address) throws Exception {
        put("/meshes/default/dataplanes/" + name, """
                {"type": "Dataplane", "mesh": "default", "name": "%s", "labels": {"kuma.io/workload": "web"},
                 "networking": {"address": "%s", "inbound": [{"port": 8080, "protocol": "http"}]}}""".formatted(name, address));
        AdsClient client = AdsClient.of(
                        new InetSocketAddress("127.0.0.1", plane.ports().dataplanes()), "default." + name)
                .connect();
        clients.add(client);
        eventually(name + " has its route", () -> !client.held(TypeUrl.ROUTE).isEmpty());
        eventually(
                "everything so far is answered",
                () -> json("/revisions?size=1")
                        .path("items")
                        .path(0)
                        .path("answered")
                        .asBoolean());
        return client;
    }

    private long timeout(String request) throws Exception {
        return put("/meshes/default/meshtimeouts/a-quick", """
                {"type": "MeshTimeout", "mesh": "default", "name": "a-quick",
                 "spec": {"rules": [{"default": {"connectionTimeout": "%s", "http": {"requestTimeout": "%s"}}}]}}""".formatted(request, request));
    }

    private long put(String path, String body) throws IOException, InterruptedException {
        HttpResponse<String> answer = http.send(
                HttpRequest.newBuilder(uri(path))
                        .header("content-type", "application/json")
                        .PUT(HttpRequest.BodyPublishers.ofString(body))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
        assertThat(answer.statusCode()).as(answer.body()).isBetween(200, 201);
        return answer.headers().firstValueAsLong("higuma-revision").orElseThrow();
    }

    private JsonNode json(String path) throws IOException, InterruptedException {
        return JsonMapper.shared().readTree(get(path).body());
    }

    private HttpResponse<String> get(String path) throws IOException, InterruptedException {
        return http.send(HttpRequest.newBuilder(uri(path)).build(), HttpResponse.BodyHandlers.ofString());
    }

    private URI uri(String path) {
        return URI.create("http://127.0.0.1:" + plane.ports().http() + path);
    }
}
