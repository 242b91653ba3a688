package io.higuma.controlplane;

import io.higuma.testkit.Eventually;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A control plane as a process of its own, which a test may kill.
final class ChildPlane implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofSeconds(90);
    private static final Pattern SERVES =
            Pattern.compile("the control plane serves api=\"(\\d+)\".*diagnostics=\"(\\d+)\"");

    private final Process process;
    private final List<String> log = new CopyOnWriteArrayList<>();
    private final HttpClient client = HttpClient.newHttpClient();

    private ChildPlane(Process process) {
        this.process = process;
        Thread.ofPlatform().daemon().name("child-log").start(this::read);
    }

    /// @param around what the process is started by, such as `unshare -m sh -c …`; empty for nothing
    static ChildPlane launch(Path data, List<String> around, String... settings) throws IOException {
        List<String> command = new ArrayList<>(around);
        command.addAll(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-Xmx256m",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("surefire.real.class.path", System.getProperty("java.class.path")),
                "io.higuma.controlplane.Main",
                "run",
                "--data-dir",
                data.toString()));
        for (String address : List.of("apiServer.http", "apiServer.https", "dpServer", "diagnostics")) {
            command.addAll(List.of("--set", address + ".interface=127.0.0.1"));
        }
        for (String port :
                List.of("apiServer.http.port", "apiServer.https.port", "dpServer.port", "diagnostics.serverPort")) {
            command.addAll(List.of("--set", port + "=0"));
        }
        for (String setting : settings) {
            command.addAll(List.of("--set", setting));
        }
        return new ChildPlane(
                new ProcessBuilder(command).redirectErrorStream(true).start());
    }

    private void read() {
        try (BufferedReader lines =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            String line;
            while ((line = lines.readLine()) != null) {
                log.add(line);
            }
        } catch (IOException e) {
            log.add(e.toString());
        }
    }

    long pid() {
        return process.pid();
    }

    String log() {
        return String.join("\n", log);
    }

    private int port(int group) {
        return Eventually.within(
                PATIENCE,
                "the control plane serves",
                () -> {
                    Matcher found = SERVES.matcher(log());
                    if (!found.find()) {
                        throw new AssertionError("its log so far:\n" + log());
                    }
                    return Integer.parseInt(found.group(group));
                },
                port -> port > 0);
    }

    /// Waits until it serves and its first start is over.
    ChildPlane ready() {
        int diagnostics = port(2);
        Eventually.within(
                PATIENCE,
                "ready",
                () -> call("GET", "http://127.0.0.1:" + diagnostics + "/ready", ""),
                a -> a.statusCode() == 200);
        return this;
    }

    HttpResponse<String> health() {
        return call("GET", "http://127.0.0.1:" + port(2) + "/health", "");
    }

    HttpResponse<String> get(String path) {
        return call("GET", "http://127.0.0.1:" + port(1) + path, "");
    }

    /// @param body JSON with `'` for `"`
    HttpResponse<String> put(String path, String body) {
        return call("PUT", "http://127.0.0.1:" + port(1) + path, body.replace('\'', '"'));
    }

    HttpResponse<String> delete(String path) {
        return call("DELETE", "http://127.0.0.1:" + port(1) + path, "");
    }

    private HttpResponse<String> call(String method, String url, String body) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(url)).timeout(Duration.ofSeconds(30));
        if (body.isEmpty()) {
            request.method(method, HttpRequest.BodyPublishers.noBody());
        } else {
            request.method(method, HttpRequest.BodyPublishers.ofString(body))
                    .header("content-type", "application/json");
        }
        try {
            return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /// SIGKILL, and waits until it is gone.
    void kill() {
        process.destroyForcibly();
        awaitEnd();
    }

    /// Its exit code.
    int awaitEnd() {
        try {
            if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
                throw new AssertionError("it does not end; its log:\n" + log());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return process.exitValue();
    }

    @Override
    public void close() {
        client.shutdownNow();
        kill();
    }
}
