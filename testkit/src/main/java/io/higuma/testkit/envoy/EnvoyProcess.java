package io.higuma.testkit.envoy;

import io.higuma.testkit.Eventually;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// A real Envoy, started by us and ended by its process id.
///
/// Its log lies in the work folder as `envoy.log` and is printed when it does not come up.
public final class EnvoyProcess implements AutoCloseable {

    private final Process process;
    private final Path log;
    private final EnvoyAdmin admin;

    private EnvoyProcess(Process process, Path log, EnvoyAdmin admin) {
        this.process = process;
        this.log = log;
        this.admin = admin;
    }

    /// Starts Envoy with a bootstrap file and waits until its admin interface answers.
    ///
    /// @param admin where the bootstrap puts the admin interface: a TCP or a Unix domain address
    public static EnvoyProcess start(Path bootstrap, Path workDir, SocketAddress admin, String... extraArguments) {
        List<String> command = new ArrayList<>(List.of(
                EnvoyBinary.path().toString(),
                "--config-path",
                bootstrap.toString(),
                "--disable-hot-restart",
                "--concurrency",
                "1",
                "--log-level",
                "warning"));
        command.addAll(List.of(extraArguments));
        Path log = workDir.resolve("envoy.log");
        try {
            Process process = new ProcessBuilder(command)
                    .directory(workDir.toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(log.toFile())
                    .start();
            EnvoyProcess envoy = new EnvoyProcess(process, log, new EnvoyAdmin(admin));
            envoy.awaitAdmin();
            return envoy;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void awaitAdmin() {
        try {
            Eventually.eventually("Envoy's admin interface answers", () -> {
                if (!process.isAlive()) {
                    return true;
                }
                return admin.isUp();
            });
            if (!process.isAlive()) {
                throw new AssertionError("Envoy ended with " + process.exitValue());
            }
        } catch (AssertionError e) {
            close();
            throw new AssertionError(e.getMessage() + "\n" + log(), e);
        }
    }

    public long pid() {
        return process.pid();
    }

    public boolean isAlive() {
        return process.isAlive();
    }

    public EnvoyAdmin admin() {
        return admin;
    }

    /// Everything Envoy wrote.
    public String log() {
        try {
            return Files.exists(log) ? Files.readString(log) : "";
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// SIGKILL: no drain, no farewell.
    public void kill() {
        process.destroyForcibly();
        awaitEnd();
    }

    @Override
    public void close() {
        process.destroy();
        awaitEnd();
    }

    private void awaitEnd() {
        try {
            if (!process.waitFor(10, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                process.waitFor();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }

    /// A free TCP port on an address of the loopback range.
    public static InetSocketAddress freePort(String address) {
        try (java.net.ServerSocket socket = new java.net.ServerSocket()) {
            socket.bind(new InetSocketAddress(address, 0));
            return new InetSocketAddress(address, socket.getLocalPort());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
