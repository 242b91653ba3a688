package io.higuma.testkit.envoy;

import io.higuma.testkit.Eventually;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A real Envoy, started by us and ended by its process id.
///
/// Its log lies in the work folder as `envoy.log` and is printed when it does not come up.
public final class EnvoyProcess implements AutoCloseable {

    private static final Pattern STATUS = Pattern.compile("HTTP/1\\.[01] (\\d{3})");

    private final Process process;
    private final Path log;
    private final SocketAddress admin;

    private EnvoyProcess(Process process, Path log, SocketAddress admin) {
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
            EnvoyProcess envoy = new EnvoyProcess(process, log, admin);
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
                return request("GET", "/server_info").status() == 200;
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

    /// The body of a GET of the admin interface, such as `/config_dump?include_eds`.
    public String admin(String path) {
        return request("GET", path).body();
    }

    /// A POST to the admin interface, such as `/drain_listeners?graceful`.
    public String adminPost(String path) {
        return request("POST", path).body();
    }

    /// The value of a counter or gauge; empty if Envoy does not know it (yet).
    public Optional<Long> stat(String name) {
        Matcher line =
                Pattern.compile("(?m)^" + Pattern.quote(name) + ": (\\d+)$").matcher(admin("/stats"));
        return line.find() ? Optional.of(Long.parseLong(line.group(1))) : Optional.empty();
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

    private record Answer(int status, String body) {}

    /// HTTP/1.0 by hand, because the JDK's client does not speak over Unix domain sockets.
    private Answer request(String method, String path) {
        try (SocketChannel channel = admin instanceof UnixDomainSocketAddress
                ? SocketChannel.open(StandardProtocolFamily.UNIX)
                : SocketChannel.open()) {
            channel.connect(admin);
            String head = method + " " + path
                    + " HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\ncontent-length: 0\r\n\r\n";
            channel.write(ByteBuffer.wrap(head.getBytes(StandardCharsets.US_ASCII)));
            String text = new String(Channels.newInputStream(channel).readAllBytes(), StandardCharsets.UTF_8);
            Matcher status = STATUS.matcher(text);
            if (!status.lookingAt()) {
                throw new IOException("no HTTP answer from the admin interface");
            }
            int end = text.indexOf("\r\n\r\n");
            String headers = text.substring(0, end).toLowerCase(java.util.Locale.ROOT);
            String body = text.substring(end + 4);
            return new Answer(
                    Integer.parseInt(status.group(1)),
                    headers.contains("transfer-encoding: chunked") ? unchunk(body) : body);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String unchunk(String body) {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        StringBuilder whole = new StringBuilder();
        int at = 0;
        while (at < bytes.length) {
            int eol = at;
            while (bytes[eol] != '\r') {
                eol++;
            }
            int size = Integer.parseInt(new String(bytes, at, eol - at, StandardCharsets.US_ASCII).strip(), 16);
            if (size == 0) {
                break;
            }
            whole.append(new String(bytes, eol + 2, size, StandardCharsets.UTF_8));
            at = eol + 2 + size + 2;
        }
        return whole.toString();
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
