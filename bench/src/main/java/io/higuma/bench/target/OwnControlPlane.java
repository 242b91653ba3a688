package io.higuma.bench.target;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Our control plane from the shipped launcher with shipped defaults, in a folder and on ports of its own. Closing ends
/// the process and removes the folder; so does the end of this JVM.
public final class OwnControlPlane implements Target {

    private static final Duration START = Duration.ofSeconds(60);
    private static final Duration END = Duration.ofSeconds(15);
    private static final Duration TRAINING = Duration.ofSeconds(180);
    private static final int LAST_LINES = 12;

    private final Path launcher;
    private final Path folder;
    private final Map<String, String> extra;
    private final List<Integer> ports;
    private final HttpClient http = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(2))
            .build();
    private final Thread hook = new Thread(this::end, "control-plane-end");
    private volatile @Nullable Process process;
    private volatile boolean over;

    private OwnControlPlane(Path launcher, Map<String, String> extra) throws IOException {
        this.launcher = launcher;
        this.extra = Map.copyOf(extra);
        this.folder = Files.createTempDirectory("higuma-bench");
        this.ports = free(4);
        Runtime.getRuntime().addShutdownHook(hook);
    }

    /// @param launcher the script `higuma`
    /// @param environment variables beside those that say where it lives
    public static OwnControlPlane start(Path launcher, Map<String, String> environment)
            throws IOException, InterruptedException {
        OwnControlPlane plane = new OwnControlPlane(launcher, environment);
        try {
            plane.launch();
            return plane;
        } catch (IOException | InterruptedException | RuntimeException e) {
            plane.close();
            throw e;
        }
    }

    /// The first start of a distribution makes its ahead-of-time cache in the background. Waits for that, and starts
    /// again with it, so that what is measured is what runs ever after.
    ///
    /// @return whether there is a cache
    public boolean awaitCache() throws IOException, InterruptedException {
        Path lock = launcher.resolveSibling("../aot/controlplane.aot.lock").normalize();
        Path cache = launcher.resolveSibling("../aot/controlplane.aot").normalize();
        if (!Files.exists(cache) || Files.exists(lock)) {
            long end = System.nanoTime() + TRAINING.toNanos();
            while (System.nanoTime() < end && (!Files.exists(cache) || Files.exists(lock))) {
                LockSupport.parkNanos(Duration.ofMillis(200).toNanos());
            }
            restart(false);
        }
        return Files.exists(cache) && Files.size(cache) > 0;
    }

    private static List<Integer> free(int count) throws IOException {
        List<ServerSocket> sockets = new ArrayList<>();
        try {
            List<Integer> found = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                ServerSocket socket = new ServerSocket(0);
                sockets.add(socket);
                found.add(socket.getLocalPort());
            }
            return found;
        } finally {
            for (ServerSocket socket : sockets) {
                socket.close();
            }
        }
    }

    private void launch() throws IOException, InterruptedException {
        if (over) {
            throw new IOException("the bench is over");
        }
        ProcessBuilder builder = new ProcessBuilder(launcher.toString(), "cp", "run")
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log().toFile()));
        Map<String, String> environment = builder.environment();
        environment.put("HIGUMA_HOME", folder.toString());
        environment.put("KUMA_API_SERVER_HTTP_PORT", Integer.toString(ports.get(0)));
        environment.put("KUMA_API_SERVER_HTTPS_PORT", Integer.toString(ports.get(1)));
        environment.put("KUMA_DP_SERVER_PORT", Integer.toString(ports.get(2)));
        environment.put("KUMA_DIAGNOSTICS_SERVER_PORT", Integer.toString(ports.get(3)));
        environment.putAll(extra);
        Process started = builder.start();
        process = started;
        long end = System.nanoTime() + START.toNanos();
        while (!answers()) {
            if (!started.isAlive() || System.nanoTime() > end) {
                throw new IOException("the control plane did not come up; its last words:\n" + lastWords());
            }
            LockSupport.parkNanos(Duration.ofMillis(20).toNanos());
        }
    }

    private boolean answers() throws InterruptedException {
        try {
            HttpRequest request = HttpRequest.newBuilder(URI.create(api() + "/meshes/default"))
                    .timeout(Duration.ofSeconds(2))
                    .build();
            return http.send(request, HttpResponse.BodyHandlers.discarding()).statusCode() == 200;
        } catch (IOException notYet) {
            return false;
        }
    }

    private Path log() {
        return folder.resolve("control-plane.log");
    }

    /// The last lines it said.
    public String lastWords() {
        try {
            List<String> lines = Files.readAllLines(log());
            return String.join("\n", lines.subList(Math.max(0, lines.size() - LAST_LINES), lines.size()));
        } catch (IOException e) {
            return "(it said nothing)";
        }
    }

    @Override
    public URI api() {
        return URI.create("http://127.0.0.1:" + ports.getFirst());
    }

    @Override
    public InetSocketAddress xds() {
        return new InetSocketAddress("localhost", ports.get(2));
    }

    @Override
    public List<Long> pids() {
        Process running = process;
        return running == null ? List.of() : List.of(running.pid());
    }

    @Override
    public boolean restartable() {
        return true;
    }

    @Override
    public void restart(boolean kill) throws IOException, InterruptedException {
        Process running = process;
        if (running != null) {
            stop(running, kill);
        }
        launch();
    }

    private static void stop(Process running, boolean kill) throws InterruptedException {
        if (kill) {
            running.destroyForcibly();
        } else {
            running.destroy();
        }
        if (!running.waitFor(END.toMillis(), TimeUnit.MILLISECONDS)) {
            running.destroyForcibly().waitFor();
        }
    }

    private void end() {
        over = true;
        Process running = process;
        if (running != null) {
            try {
                stop(running, false);
            } catch (InterruptedException e) {
                running.destroyForcibly();
                Thread.currentThread().interrupt();
            }
        }
        if (!Files.exists(folder)) {
            return;
        }
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        } catch (IOException | java.io.UncheckedIOException e) {
            System.err.println("bench: " + folder + " is left behind: " + e.getMessage());
        }
    }

    @Override
    public void close() {
        end();
        http.shutdownNow();
        try {
            boolean unused = Runtime.getRuntime().removeShutdownHook(hook);
            assert unused;
        } catch (IllegalStateException endsAlready) {
            return;
        }
    }
}
