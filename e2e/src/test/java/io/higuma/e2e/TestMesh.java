package io.higuma.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.higuma.controlplane.ControlPlane;
import io.higuma.controlplane.config.ControlPlaneConfig;
import io.higuma.model.Resource;
import io.higuma.model.Scope;
import io.higuma.policies.Policies;
import io.higuma.schema.Parsed;
import io.higuma.schema.ResourceReader;
import io.higuma.schema.ResourceWriter;
import io.higuma.schema.Schemas;
import io.higuma.schema.core.CoreSchemas;
import io.higuma.schema.tree.Limits;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

/// A control plane in this process and sidecars in processes of their own, with ports the system chose and
/// data in a folder
/// that goes away. It is spoken to as any client does: REST, tokens, `dp run`.
final class TestMesh implements AutoCloseable {

    private static final AtomicInteger ADDRESSES = new AtomicInteger(20);
    private static final Schemas SCHEMAS = Schemas.of(CoreSchemas.all(), Policies.schemas());

    static final String IDENTITY = """
            type: MeshIdentity
            mesh: default
            name: identity
            spec:
              selector: {dataplane: {matchLabels: {}}}
              provider: {type: Bundled, bundled: {insecureAllowSelfSigned: true, autogenerate: {enabled: true}}}
            """;

    private final Path folder;
    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final Deque<AutoCloseable> open = new ArrayDeque<>();
    private final Map<String, String> settings = new HashMap<>();
    private ControlPlane plane;

    private TestMesh(Path folder) {
        this.folder = folder;
        settings.put("apiServer.http.port", "0");
        settings.put("apiServer.http.interface", "127.0.0.1");
        settings.put("apiServer.https.port", "0");
        settings.put("apiServer.https.interface", "127.0.0.1");
        settings.put("dpServer.port", "0");
        settings.put("diagnostics.serverPort", "0");
        settings.put("dataDir", folder.resolve("cp").toString());
        this.plane = ControlPlane.start(ControlPlaneConfig.of(settings, folder));
    }

    static TestMesh start(Path folder) throws IOException, InterruptedException {
        TestMesh mesh = new TestMesh(folder);
        mesh.plane.awaitReady();
        Files.writeString(mesh.folder.resolve("ca.pem"), mesh.plane.certificate());
        return mesh;
    }

    /// An address of the loopback range that no other proxy of this test run has.
    static String nextAddress() {
        return "127.0.7." + ADDRESSES.incrementAndGet();
    }

    ControlPlane plane() {
        return plane;
    }

    /// Ends the control plane and starts another one on the same data and the same ports.
    void restartControlPlane() throws InterruptedException {
        ControlPlane.Ports ports = plane.ports();
        plane.close();
        settings.put("apiServer.http.port", Integer.toString(ports.http()));
        settings.put("apiServer.https.port", Integer.toString(ports.https()));
        settings.put("dpServer.port", Integer.toString(ports.dataplanes()));
        settings.put("diagnostics.serverPort", Integer.toString(ports.diagnostics()));
        plane = ControlPlane.start(ControlPlaneConfig.of(settings, folder));
        plane.awaitReady();
    }

    /// Writes documents through the REST API, as `higuma apply` does.
    ///
    /// @return the revision of the last write
    long apply(String yaml) {
        long revision = 0;
        for (Parsed parsed :
                new ResourceReader(SCHEMAS.types()).readDocuments(yaml.getBytes(StandardCharsets.UTF_8), Limits.FILE)) {
            if (!(parsed instanceof Parsed.Ok ok)) {
                throw new AssertionError("not a resource: " + parsed.allProblems());
            }
            HttpResponse<String> answer = call(
                    "PUT",
                    path(ok.resource()),
                    ResourceWriter.write(ok.resource()).toString());
            assertThat(answer.statusCode()).as(answer.body()).isBetween(200, 201);
            revision = answer.headers().firstValueAsLong("higuma-revision").orElseThrow();
        }
        return revision;
    }

    void delete(String path) {
        assertThat(call("DELETE", path, "").statusCode()).isEqualTo(200);
    }

    String get(String path) {
        return call("GET", path, "").body();
    }

    private static String path(Resource resource) {
        String prefix = resource.type().scope() == Scope.MESH ? "/meshes/" + resource.mesh() : "";
        return prefix + "/" + resource.type().names().path() + "/" + resource.name();
    }

    HttpResponse<String> call(String method, String path, String body) {
        try {
            return http.send(
                    HttpRequest.newBuilder(URI.create(
                                    "http://127.0.0.1:" + plane.ports().http() + path))
                            .header("content-type", "application/json")
                            .method(
                                    method,
                                    body.isEmpty()
                                            ? HttpRequest.BodyPublishers.noBody()
                                            : HttpRequest.BodyPublishers.ofString(body))
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    String token(String mesh, String workload) {
        HttpResponse<String> answer =
                call("POST", "/tokens/dataplane", "{\"mesh\": \"" + mesh + "\", \"workload\": \"" + workload + "\"}");
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return answer.body();
    }

    /// Starts a sidecar of a workload and waits until it has listeners.
    ///
    /// @param networking the fields below `networking`, as a YAML flow mapping
    Proxy sidecar(String mesh, String name, String workload, String networking) {
        return launch(mesh, name, workload, networking, token(mesh, workload)).awaitConfigured();
    }

    /// Starts a sidecar that carries more labels than its workload's, and waits until it has listeners.
    ///
    /// @param labels entries of a YAML flow mapping
    Proxy labelled(String name, String workload, String labels, String networking) {
        return launch("default", name, workload, labels, networking, token("default", workload))
                .awaitConfigured();
    }

    /// Starts a sidecar with a token of its own, and waits for nothing.
    Proxy launch(String mesh, String name, String workload, String networking, String token) {
        return launch(mesh, name, workload, "", networking, token);
    }

    private Proxy launch(String mesh, String name, String workload, String labels, String networking, String token) {
        Path work = folder.resolve("dp-" + name);
        try {
            Files.createDirectories(work);
            Path document = work.resolve("dp.yaml");
            Files.writeString(
                    document,
                    "type: Dataplane\nmesh: " + mesh + "\nname: " + name + "\nlabels: {kuma.io/workload: " + workload
                            + (labels.isEmpty() ? "" : ", " + labels) + "}\nnetworking: " + networking + "\n");
            Path tokenFile = work.resolve("token");
            Files.writeString(tokenFile, token);
            Proxy proxy = Proxy.start(
                    name,
                    work,
                    new ArrayList<>(List.of(
                            "--cp-address",
                            "https://localhost:" + plane.ports().dataplanes(),
                            "--ca-cert-file",
                            folder.resolve("ca.pem").toString(),
                            "--dataplane-file",
                            document.toString(),
                            "--dataplane-token-file",
                            tokenFile.toString(),
                            "--concurrency",
                            "1",
                            "--log-level",
                            "warn",
                            "--drain-time",
                            "1s")));
            return closing(proxy);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Closes something together with the mesh.
    <T extends AutoCloseable> T closing(T part) {
        open.push(part);
        return part;
    }

    @Override
    public void close() throws Exception {
        while (!open.isEmpty()) {
            open.pop().close();
        }
        plane.close();
    }
}
