package io.higuma.e2e;

import io.higuma.testkit.Eventually;
import io.higuma.testkit.envoy.EnvoyAdmin;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.UnixDomainSocketAddress;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/// A sidecar: started with `higuma dp run`, which became Envoy.
final class Proxy implements AutoCloseable {

    private final String name;
    private final Process process;
    private final Path workDir;

    private Proxy(String name, Process process, Path workDir) {
        this.name = name;
        this.process = process;
        this.workDir = workDir;
    }

    /// Runs `higuma dp run` with these arguments; its output goes to `log` in the work directory.
    static Proxy start(String name, Path workDir, List<String> arguments) {
        List<String> command = new java.util.ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xshare:auto",
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("surefire.real.class.path", System.getProperty("java.class.path")),
                "io.higuma.dataplane.Main",
                "run",
                "--work-dir",
                workDir.toString()));
        command.addAll(arguments);
        try {
            Files.createDirectories(workDir);
            Process process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(workDir.resolve("log").toFile())
                    .start();
            return new Proxy(name, process, workDir);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    String name() {
        return name;
    }

    long pid() {
        return process.pid();
    }

    /// Waits until the control plane has given it listeners and Envoy has taken them.
    Proxy awaitConfigured() {
        Eventually.eventually(
                name + " has listeners",
                () -> {
                    if (!process.isAlive()) {
                        throw new AssertionError(name + " ended: " + log());
                    }
                    return admin().stat("listener_manager.lds.update_success").orElse(0L);
                },
                count -> count > 0);
        return this;
    }

    EnvoyAdmin admin() {
        try (DirectoryStream<Path> sockets = Files.newDirectoryStream(workDir, "*admin*.sock")) {
            for (Path socket : sockets) {
                return new EnvoyAdmin(UnixDomainSocketAddress.of(socket));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        throw new IllegalStateException(name + " has no admin socket yet");
    }

    /// Whether a cluster of this Envoy has an endpoint at this address.
    boolean knows(String addressAndPort) {
        return admin().text("/clusters").contains("::" + addressAndPort + "::");
    }

    Optional<Long> stat(String counter) {
        return admin().stat(counter);
    }

    String log() {
        try {
            return Files.readString(workDir.resolve("log"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    boolean isAlive() {
        return process.isAlive();
    }

    /// SIGKILL.
    void kill() {
        process.toHandle().destroyForcibly();
        awaitEnd();
    }

    int awaitEnd() {
        try {
            if (!process.waitFor(20, TimeUnit.SECONDS)) {
                throw new AssertionError(name + " does not end");
            }
            return process.exitValue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(5, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                process.waitFor();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
