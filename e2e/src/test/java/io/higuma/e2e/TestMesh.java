package io.higuma.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.higuma.model.Resource;
import io.higuma.model.Scope;
import io.higuma.policies.Policies;
import io.higuma.schema.Parsed;
import io.higuma.schema.ResourceReader;
import io.higuma.schema.ResourceWriter;
import io.higuma.schema.Schemas;
import io.higuma.schema.core.CoreSchemas;
import io.higuma.schema.tree.Limits;
import io.higuma.testkit.envoy.EnvoyProcess;
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
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

/// A control plane and sidecars in processes of their own, with ports the system chose and data in a folder that
/// goes away. It is spoken to as any client does: REST, tokens, `dp run`.
final class TestMesh implements AutoCloseable {

    private static final String NET = net(ProcessHandle.current().pid());
    private static final AtomicInteger ADDRESSES = new AtomicInteger();
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
    private final Plane plane;

    private TestMesh(Path folder, Plane plane) throws IOException {
        this.folder = folder;
        this.plane = plane;
        Files.writeString(folder.resolve("ca.pem"), plane.certificate());
    }

    static TestMesh start(Path folder) throws IOException, InterruptedException {
        return new TestMesh(folder, Plane.inside(folder, Map.of()));
    }

    /// As [#start], with settings of the control plane.
    static TestMesh start(Path folder, Map<String, String> settings) throws IOException, InterruptedException {
        return new TestMesh(folder, Plane.inside(folder, settings));
    }

    /// With the shipped control plane in a process of its own.
    static TestMesh apart(Path folder) throws IOException {
        return new TestMesh(folder, Plane.apart(folder));
    }

    /// An address of the loopback range that nobody else has: its network is this process's own, so that test runs
    /// beside each other do not meet.
    static String nextAddress() {
        return NET + ADDRESSES.incrementAndGet();
    }

    private static String net(long pid) {
        return "127." + (130 + pid / 256 % 120) + "." + pid % 256 + ".";
    }

    Plane plane() {
        return plane;
    }

    /// Writes documents through the REST API, as `higuma apply` does.
    ///
    /// @return the revision of the last write
    long apply(String yaml) {
        return put(yaml).getLast().headers().firstValueAsLong("higuma-revision").orElseThrow();
    }

    /// As [#apply].
    ///
    /// @return the answers
    List<HttpResponse<String>> put(String yaml) {
        List<HttpResponse<String>> answers = new ArrayList<>();
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
            answers.add(answer);
        }
        return answers;
    }

    /// @return the revision
    long delete(String path) {
        HttpResponse<String> answer = call("DELETE", path, "");
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return answer.headers().firstValueAsLong("higuma-revision").orElseThrow();
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
                    HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + plane.api() + path))
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

    /// A sidecar that calls one service.
    ///
    /// @param url under which its workload calls it
    record Caller(Proxy proxy, String url) {}

    /// Starts a sidecar of a workload that calls one service, and waits until it has listeners.
    ///
    /// @param backend a backendRef, as a YAML flow mapping
    Caller caller(String workload, String backend) {
        String address = nextAddress();
        int port = EnvoyProcess.freePort(address).getPort();
        Proxy proxy = sidecar(
                "default",
                workload + "-1",
                workload,
                "{address: " + address + ", outbound: [{address: " + address + ", port: " + port + ", backendRef: "
                        + backend + "}]}");
        return new Caller(proxy, "http://" + address + ":" + port + "/");
    }

    /// Starts a sidecar that carries more labels than its workload's, and waits until it has listeners.
    ///
    /// @param labels entries of a YAML flow mapping
    Proxy labelled(String name, String workload, String labels, String networking) {
        return launch("dp-" + name, document("default", name, workload, labels, networking), token("default", workload))
                .awaitConfigured();
    }

    /// Starts a sidecar with a token of its own, and waits for nothing.
    Proxy launch(String mesh, String name, String workload, String networking, String token) {
        return launch("dp-" + name, document(mesh, name, workload, networking), token);
    }

    static String document(String mesh, String name, String workload, String networking) {
        return document(mesh, name, workload, "", networking);
    }

    private static String document(String mesh, String name, String workload, String labels, String networking) {
        return "type: Dataplane\nmesh: " + mesh + "\nname: " + name + "\nlabels: {kuma.io/workload: " + workload
                + (labels.isEmpty() ? "" : ", " + labels) + "}\nnetworking: " + networking + "\n";
    }

    /// Starts a sidecar that brings this Dataplane, in a work folder of this name, and waits for nothing.
    Proxy launch(String folderName, String document, String token) {
        Path work = work(folderName);
        write(work.resolve("dp.yaml"), document);
        return run(
                folderName, token, "--dataplane-file", work.resolve("dp.yaml").toString());
    }

    /// `higuma dp run` with these arguments beside those that every sidecar of a test has.
    ///
    /// @param token empty for none
    Proxy run(String folderName, String token, String... more) {
        Path work = work(folderName);
        List<String> arguments = new ArrayList<>(List.of(
                "--cp-address",
                "https://localhost:" + plane.dataplanes(),
                "--ca-cert-file",
                folder.resolve("ca.pem").toString(),
                "--concurrency",
                "1",
                "--log-level",
                "warn",
                "--drain-time",
                "1s"));
        if (!token.isEmpty()) {
            write(work.resolve("token"), token);
            arguments.addAll(
                    List.of("--dataplane-token-file", work.resolve("token").toString()));
        }
        arguments.addAll(List.of(more));
        return closing(Proxy.start(folderName, work, arguments));
    }

    private Path work(String folderName) {
        try {
            return Files.createDirectories(folder.resolve(folderName));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void write(Path file, String text) {
        try {
            Files.writeString(file, text);
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
