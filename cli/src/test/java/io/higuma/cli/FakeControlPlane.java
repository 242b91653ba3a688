package io.higuma.cli;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/// A real HTTP server that answers as the contract says (sections 3.2 to 3.9), and remembers what it was asked.
final class FakeControlPlane implements AutoCloseable {

    static final Instant NOW = Instant.parse("2026-11-24T12:00:00Z");

    private static final String RESOURCES = """
            {"resources": [
             {"name": "Dataplane", "scope": "Mesh", "path": "dataplanes", "shortName": "dp"},
             {"name": "GlobalSecret", "scope": "Global", "path": "global-secrets", "shortName": ""},
             {"name": "Mesh", "scope": "Global", "path": "meshes", "shortName": "m"},
             {"name": "MeshTimeout", "scope": "Mesh", "path": "meshtimeouts", "shortName": "mt"}]}""";

    /// One request: `PUT /meshes/default/…` and its body.
    record Request(String line, String body) {}

    private record Reply(int status, String body, Map<String, String> headers) {}

    private final HttpServer server;
    private final Map<String, Reply> replies = new ConcurrentHashMap<>();
    private final List<Request> requests = new CopyOnWriteArrayList<>();

    FakeControlPlane() {
        this(0);
    }

    FakeControlPlane(int port) {
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        server.createContext("/", this::handle);
        server.start();
        on("GET /_resources", 200, RESOURCES);
    }

    FakeControlPlane on(String line, int status, String body) {
        return on(line, status, body, Map.of());
    }

    FakeControlPlane on(String line, int status, String body, Map<String, String> headers) {
        replies.put(line, new Reply(status, body, headers));
        return this;
    }

    List<Request> requests() {
        return requests;
    }

    List<String> writes() {
        return requests.stream()
                .map(Request::line)
                .filter(line -> !line.startsWith("GET"))
                .toList();
    }

    String address() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    /// Types a verb against this server.
    Verbs.Result higuma(Path home, String input, String... arguments) {
        return higuma(Map.of(), home, input, arguments);
    }

    Verbs.Result higuma(Map<String, String> variables, Path home, String input, String... arguments) {
        Map<String, String> environment = new TreeMap<>(variables);
        environment.put("HIGUMA_API_ADDRESS", address());
        return Verbs.run(environment, home, InstantSource.fixed(NOW), input, arguments);
    }

    @Override
    public void close() {
        server.stop(0);
    }

    private void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
            String line = exchange.getRequestMethod() + " " + exchange.getRequestURI();
            requests.add(new Request(line, body));
            Reply reply = replies.getOrDefault(
                    line.replaceAll("\\?.*", ""), replies.getOrDefault(line, new Reply(404, "", Map.of())));
            reply.headers()
                    .forEach((name, value) -> exchange.getResponseHeaders().set(name, value));
            byte[] bytes = reply.body().getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(reply.status(), bytes.length == 0 ? -1 : bytes.length);
            exchange.getResponseBody().write(bytes);
        }
    }
}
