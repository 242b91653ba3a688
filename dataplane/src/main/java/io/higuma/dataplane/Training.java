package io.higuma.dataplane;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.Writer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;

/// What the launcher does when its ahead-of-time cache is recorded: a run that is refused, up to the point
/// where it would become Envoy, with an Envoy that only tells its version.
public final class Training {

    private static final String DATAPLANE = """
            {type: Dataplane, mesh: default, name: "{{ name }}", networking: {address: 127.0.0.1, inbound: [{port: 80}]}}
            """;
    private static final String ENVOY = "#!/bin/sh\necho 'envoy  version: 0/1.99.0/Clean/RELEASE/BoringSSL'\n";

    private Training() {}

    public static void main(String[] args) throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            byte[] body = "training".getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(422, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        server.start();
        Path home = Files.createTempDirectory("higuma-training");
        Path envoy = home.resolve("envoy");
        Files.createFile(envoy, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        Files.writeString(envoy, ENVOY);
        int port = server.getAddress().getPort();
        try {
            // Plain first, then a TLS handshake that fails: both load what a real exchange loads.
            for (String scheme : new String[] {"http", "https"}) {
                Main.execute(
                        Map.of("HIGUMA_HOME", home.toString()),
                        new PrintWriter(Writer.nullWriter()),
                        "run",
                        "--cp-address",
                        scheme + "://localhost:" + port,
                        "--dataplane",
                        DATAPLANE,
                        "--dataplane-var",
                        "name=web",
                        "--envoy",
                        envoy.toString(),
                        "--skip-verify",
                        "--retry-max-duration",
                        "0s",
                        "--work-dir",
                        home.resolve("work").toString());
            }
        } finally {
            server.stop(0);
            Files.deleteIfExists(envoy);
            Files.deleteIfExists(home.resolve("work"));
            Files.delete(home);
        }
        // The HTTP server leaves threads behind that would keep the process.
        System.exit(0);
    }
}
