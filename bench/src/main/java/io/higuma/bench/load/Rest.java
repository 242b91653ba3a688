package io.higuma.bench.load;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The REST API of a control plane, as an administrator on its own host calls it.
public final class Rest implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int SIDE_BY_SIDE = 16;

    private final URI base;
    private final HttpClient http = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(10))
            .build();

    /// A call, with the times around it.
    ///
    /// @param sent before the request went out, by `System.nanoTime`
    /// @param answered when the answer had been read
    public record Answer(int status, String body, long sent, long answered) {
        public boolean ok() {
            return status >= 200 && status < 300;
        }
    }

    /// @param base such as `http://127.0.0.1:5681`
    public Rest(URI base) {
        this.base = base;
    }

    public Answer get(String path) throws IOException, InterruptedException {
        return send(HttpRequest.newBuilder(uri(path)).GET());
    }

    public Answer delete(String path) throws IOException, InterruptedException {
        return send(HttpRequest.newBuilder(uri(path)).DELETE());
    }

    /// Writes a resource of the mesh.
    ///
    /// @param plural its path element, such as `dataplanes`
    public Answer put(String plural, JsonNode document) throws IOException, InterruptedException {
        return put(plural, document.get("name").asString(), document.toString());
    }

    /// As [#put], with the body written already.
    public Answer put(String plural, String name, String body) throws IOException, InterruptedException {
        String path = "/meshes/" + Topology.MESH + "/" + plural + "/" + name;
        return send(HttpRequest.newBuilder(uri(path)).PUT(HttpRequest.BodyPublishers.ofString(body)));
    }

    /// A write that has to succeed.
    public Answer mustPut(String plural, JsonNode document) throws IOException, InterruptedException {
        return must("PUT of " + plural + "/" + document.get("name").asString(), put(plural, document));
    }

    private static Answer must(String what, Answer answer) throws IOException {
        if (!answer.ok()) {
            throw new IOException(what + " was answered with " + answer.status() + ": " + answer.body());
        }
        return answer;
    }

    /// Deletes a resource of the mesh; one that is not there is as good.
    public void remove(String plural, String name) throws IOException, InterruptedException {
        Answer answer = delete("/meshes/" + Topology.MESH + "/" + plural + "/" + name);
        if (answer.status() != 404) {
            must("DELETE of " + plural + "/" + name, answer);
        }
    }

    /// A token for the proxies of a workload. It is a secret.
    public String token(String workload) throws IOException, InterruptedException {
        String body = JsonMapper.shared()
                .createObjectNode()
                .put("mesh", Topology.MESH)
                .put("type", "dataplane")
                .put("workload", workload)
                .put("validFor", "24h")
                .toString();
        return must(
                        "the request for a token",
                        send(HttpRequest.newBuilder(uri("/tokens/dataplane"))
                                .POST(HttpRequest.BodyPublishers.ofString(body))))
                .body()
                .strip();
    }

    /// Does many calls, some side by side; the first one that fails ends it.
    public <T> List<T> all(Collection<Callable<T>> calls) throws IOException, InterruptedException {
        Semaphore room = new Semaphore(SIDE_BY_SIDE);
        List<Future<T>> running = new ArrayList<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (Callable<T> call : calls) {
                room.acquire();
                running.add(threads.submit(() -> {
                    try {
                        return call.call();
                    } finally {
                        room.release();
                    }
                }));
            }
            List<T> results = new ArrayList<>();
            for (Future<T> each : running) {
                results.add(each.get());
            }
            return results;
        } catch (ExecutionException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            throw new IOException(String.valueOf(cause.getMessage()), cause);
        }
    }

    /// The version of the control plane, if it answers.
    public Optional<JsonNode> index() throws InterruptedException {
        try {
            Answer answer = get("/");
            return answer.ok() ? Optional.of(JsonMapper.shared().readTree(answer.body())) : Optional.empty();
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    private URI uri(String path) {
        return URI.create(base + path);
    }

    private Answer send(HttpRequest.Builder request) throws IOException, InterruptedException {
        HttpRequest whole = request.timeout(PATIENCE)
                .header("content-type", "application/json")
                .header("accept", "application/json, text/plain")
                .build();
        long sent = System.nanoTime();
        HttpResponse<String> answer = http.send(whole, HttpResponse.BodyHandlers.ofString());
        return new Answer(answer.statusCode(), answer.body(), sent, System.nanoTime());
    }

    @Override
    public void close() {
        http.shutdownNow();
    }
}
