package io.higuma.e2e;

import io.higuma.controlplane.ControlPlane;
import io.higuma.controlplane.config.ControlPlaneConfig;
import io.higuma.testkit.Eventually;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/// A control plane that can be started again on its data and its ports.
interface Plane extends AutoCloseable {

    int api();

    int dataplanes();

    /// PEM of its servers' certificate.
    String certificate();

    /// Ends it, each kind in its own way, and starts it again.
    void restart() throws Exception;

    @Override
    void close();

    /// One in this process, ended politely. The system chooses its ports.
    static Plane inside(Path folder, Map<String, String> more) throws InterruptedException {
        Map<String, String> settings = new HashMap<>(more);
        settings.put("apiServer.http.port", "0");
        settings.put("apiServer.http.interface", "127.0.0.1");
        settings.put("apiServer.https.port", "0");
        settings.put("apiServer.https.interface", "127.0.0.1");
        settings.put("dpServer.port", "0");
        settings.put("diagnostics.serverPort", "0");
        settings.put("dataDir", folder.resolve("cp").toString());
        return new Inside(folder, settings);
    }

    /// The shipped program in a process of its own, ended with SIGKILL.
    static Plane apart(Path folder) throws IOException {
        return new Apart(folder);
    }

    final class Inside implements Plane {
        private final Path folder;
        private final Map<String, String> settings;
        private ControlPlane plane;

        private Inside(Path folder, Map<String, String> settings) {
            this.folder = folder;
            this.settings = settings;
            this.plane = start();
        }

        private ControlPlane start() {
            return ControlPlane.start(ControlPlaneConfig.of(settings, folder));
        }

        @Override
        public int api() {
            return plane.ports().http();
        }

        @Override
        public int dataplanes() {
            return plane.ports().dataplanes();
        }

        @Override
        public String certificate() {
            return plane.certificate();
        }

        @Override
        public void restart() throws InterruptedException {
            ControlPlane.Ports ports = plane.ports();
            plane.close();
            settings.put("apiServer.http.port", Integer.toString(ports.http()));
            settings.put("apiServer.https.port", Integer.toString(ports.https()));
            settings.put("dpServer.port", Integer.toString(ports.dataplanes()));
            settings.put("diagnostics.serverPort", Integer.toString(ports.diagnostics()));
            plane = start();
        }

        @Override
        public void close() {
            plane.close();
        }
    }

    final class Apart implements Plane {
        private final Path folder;
        private final List<Integer> ports;
        private Process process;

        private Apart(Path folder) throws IOException {
            this.folder = folder;
            this.ports = freePorts(4);
            this.process = start();
        }

        private Process start() throws IOException {
            ProcessBuilder builder = new ProcessBuilder(Java.command("io.higuma.controlplane.Main", "run"))
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.appendTo(
                            folder.resolve("cp.log").toFile()));
            Map<String, String> environment = builder.environment();
            environment.put("HIGUMA_HOME", folder.toString());
            environment.put("KUMA_API_SERVER_HTTP_PORT", ports.get(0).toString());
            environment.put("KUMA_API_SERVER_HTTPS_PORT", ports.get(1).toString());
            environment.put("KUMA_DP_SERVER_PORT", ports.get(2).toString());
            environment.put("KUMA_DIAGNOSTICS_SERVER_PORT", ports.get(3).toString());
            Process started = builder.start();
            Eventually.eventually("the control plane is ready", () -> {
                if (!started.isAlive()) {
                    throw new IllegalStateException(Files.readString(folder.resolve("cp.log")));
                }
                return Http.get("http://127.0.0.1:" + ports.get(3) + "/ready").statusCode() == 200
                        && Http.get("http://127.0.0.1:" + ports.get(0) + "/meshes/default")
                                        .statusCode()
                                == 200;
            });
            return started;
        }

        @Override
        public int api() {
            return ports.get(0);
        }

        @Override
        public int dataplanes() {
            return ports.get(2);
        }

        @Override
        public String certificate() {
            try {
                return Files.readString(folder.resolve("cp/tls/server.crt"));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        @Override
        public void restart() throws IOException {
            kill();
            process = start();
        }

        @Override
        public void close() {
            kill();
        }

        private void kill() {
            process.destroyForcibly();
            try {
                process.waitFor(10, TimeUnit.SECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }

        /// All at once, so that no two are the same.
        private static List<Integer> freePorts(int count) throws IOException {
            List<ServerSocket> sockets = new java.util.ArrayList<>();
            try {
                for (int i = 0; i < count; i++) {
                    sockets.add(new ServerSocket(0));
                }
                return sockets.stream().map(ServerSocket::getLocalPort).toList();
            } finally {
                for (ServerSocket socket : sockets) {
                    socket.close();
                }
            }
        }
    }
}
