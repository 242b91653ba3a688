package io.higuma.cli;

import com.sun.net.httpserver.HttpServer;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;

/// What the client does when the launcher records its ahead-of-time cache: the common verbs, against a server of its
/// own that answers as a control plane would. It prints nothing.
public final class Training {

    private static final Map<String, String> ANSWERS =
            Map.of("/_resources", """
            {"resources": [{"name": "Dataplane", "scope": "Mesh", "path": "dataplanes", "shortName": "dp"},
             {"name": "Mesh", "scope": "Global", "path": "meshes", "shortName": "m"}]}""", "/meshes/default/dataplanes/_overview", """
            {"total": 1, "next": null, "items": [{"type": "DataplaneOverview", "mesh": "default", "name": "web",
             "creationTime": "2026-11-24T00:00:00Z", "labels": {"kuma.io/workload": "web"},
             "dataplane": {"networking": {"address": "127.0.0.1"}},
             "dataplaneInsight": {"subscriptions": [{"connectTime": "2026-11-24T00:00:00Z"}]}}]}""");

    private Training() {}

    public static void main(String[] args) throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            byte[] body = ANSWERS.getOrDefault(exchange.getRequestURI().getPath(), "{\"warnings\": []}")
                    .getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(200, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        server.start();
        Path home = Files.createTempDirectory("higuma-training");
        try {
            String address = "http://localhost:" + server.getAddress().getPort();
            String document = "type: Mesh\nname: default\nlist: [{a: 1, b: true}]\n";
            for (List<String> verb : List.of(
                    List.of("get", "dataplanes"),
                    List.of("get", "dataplane", "web", "-o", "yaml"),
                    List.of("get", "meshes", "-o", "json"),
                    List.of("apply", "-f", "-"),
                    List.of("generate", "dataplane-token", "--mesh", "default"),
                    List.of("version"),
                    List.of("--help"))) {
                run(verb, new World(address, home, document));
            }
        } finally {
            server.stop(0);
            Files.delete(home);
        }
        // The HTTP server leaves threads behind that would keep the process.
        System.exit(ExitCode.OK);
    }

    private record World(String address, Path home, String input) {}

    private static void run(List<String> verb, World world) {
        Program.of(new Surroundings(
                        new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8),
                        new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8),
                        new ByteArrayInputStream(world.input().getBytes(StandardCharsets.UTF_8)),
                        Map.of("HIGUMA_API_ADDRESS", world.address()),
                        world.home(),
                        InstantSource.system(),
                        false))
                .execute(verb.toArray(String[]::new));
    }
}
