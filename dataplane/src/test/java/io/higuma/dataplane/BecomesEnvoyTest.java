package io.higuma.dataplane;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.higuma.dataplane.envoy.AdminSocket;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The launcher in a process of its own, against a bootstrap server of the test's, with the real Envoy.
class BecomesEnvoyTest {

    private static final String TOKEN = "eyJhbGciOiJSUzI1NiJ9.e30.secret";

    private HttpServer server;
    private @Nullable Process launcher;

    @TempDir
    private Path folder;

    @BeforeEach
    void serveABootstrap() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        String bootstrap = """
                node: {id: default.web-1, cluster: web}
                admin: {address: {pipe: {path: %s/admin.sock, mode: 384}}}
                """.formatted(work());
        byte[] answer = ("{\"bootstrap\": \""
                        + Base64.getEncoder().encodeToString(bootstrap.getBytes(StandardCharsets.UTF_8))
                        + "\", \"warnings\": [\"two outbounds want one place\"]}")
                .getBytes(StandardCharsets.UTF_8);
        server.createContext("/bootstrap", exchange -> {
            exchange.sendResponseHeaders(200, answer.length);
            exchange.getResponseBody().write(answer);
            exchange.close();
        });
        server.start();
    }

    @AfterEach
    void end() throws InterruptedException {
        server.stop(0);
        if (launcher != null) {
            launcher.destroyForcibly().waitFor();
        }
    }

    @Test
    void afterStartTheProcessIsEnvoyAndNothingElse() throws Exception {
        Process launcher = launch();

        Path proc = Path.of("/proc/" + launcher.pid());
        awaitTrue(
                "the process is called envoy",
                () -> Files.readString(proc.resolve("comm")).strip().equals("envoy"));
        AdminSocket admin = awaitAdmin();
        assertThat(admin.request("GET", "/server_info")).contains("\"state\": \"LIVE\"");
        assertThat(launcher.toHandle().children()).isEmpty();
        assertThat(mask(proc, "SigBlk")).as("blocked signals").isZero();
        assertThat(Files.readString(proc.resolve("environ"), StandardCharsets.ISO_8859_1))
                .doesNotContain(TOKEN);
        assertThat(openFiles(proc)).noneMatch(file -> file.endsWith(".jar") || file.endsWith("/modules"));
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(work().resolve("bootstrap.yaml"))))
                .isEqualTo("rw-------");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(work())))
                .isEqualTo("rwx------");
    }

    @Test
    void itsAllocatorKeepsFreeMemoryByProcessorAlsoWhereTheCLibraryHasRestartableSequences() throws Exception {
        launch();

        assertThat(awaitAdmin().request("GET", "/memory/tcmalloc")).contains("Bytes in per-CPU caches");
    }

    @Test
    void whatTheControlPlaneWarnsOfStandsInTheLogBeforeEnvoysLines() throws Exception {
        launch();
        awaitAdmin();

        assertThat(Files.readAllLines(folder.resolve("log")).getFirst())
                .isEqualTo("higuma dp: warning: two outbounds want one place");
    }

    @Test
    void theSignalToEndAndTheExitCodeAreEnvoys() throws Exception {
        Process launcher = launch();
        awaitAdmin();

        launcher.destroy();

        assertThat(launcher.waitFor(20, TimeUnit.SECONDS)).isTrue();
        assertThat(launcher.exitValue()).isZero();
    }

    @Test
    void drainingAsksEnvoyAndEndsWhenNoConnectionIsLeft() throws Exception {
        launch();
        AdminSocket admin = awaitAdmin();
        StringWriter said = new StringWriter();

        int code = Main.execute(Map.of(), new PrintWriter(said, true), "drain", "--work-dir", work().toString());

        assertThat(code).as(said.toString()).isZero();
        assertThat(said.toString()).isEqualTo("drained\n");
        assertThat(admin.request("GET", "/server_info")).contains("\"state\": \"DRAINING\"");
    }

    @Test
    void drainingWithoutAnEnvoySaysSo() {
        StringWriter said = new StringWriter();

        int code = Main.execute(Map.of(), new PrintWriter(said, true), "drain", "--work-dir", work().toString());

        assertThat(code).isEqualTo(StopException.UNREACHABLE);
        assertThat(said.toString()).contains("no Envoy was started in " + work() + ": there is no ");
    }

    private Process launch() throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName(),
                "run",
                "--cp-address",
                "http://127.0.0.1:" + server.getAddress().getPort(),
                "--dataplane",
                "{type: Dataplane, name: web-1, networking: {address: 127.0.0.1}}",
                "--envoy",
                envoy(),
                "--work-dir",
                work().toString(),
                "--concurrency",
                "1"));
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("log").toFile());
        builder.environment().put("HIGUMA_DATAPLANE_RUNTIME_TOKEN", TOKEN);
        builder.environment().remove("GLIBC_TUNABLES");
        Process started = builder.start();
        launcher = started;
        return started;
    }

    private Path work() {
        return folder.resolve("w");
    }

    private static String envoy() throws IOException {
        Process path = new ProcessBuilder(System.getProperty("higuma.root") + "/tools/envoy-path").start();
        return new String(path.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
    }

    private AdminSocket awaitAdmin() throws Exception {
        awaitTrue(
                "Envoy's admin answers",
                () -> AdminSocket.of(work().resolve("bootstrap.yaml"))
                        .orElseThrow()
                        .request("GET", "/server_info")
                        .contains("LIVE"));
        return AdminSocket.of(work().resolve("bootstrap.yaml")).orElseThrow();
    }

    private static long mask(Path proc, String name) throws IOException {
        return Files.readAllLines(proc.resolve("status")).stream()
                .filter(line -> line.startsWith(name))
                .mapToLong(line -> Long.parseUnsignedLong(
                        line.substring(line.indexOf(':') + 1).strip(), 16))
                .findFirst()
                .orElseThrow();
    }

    private static List<String> openFiles(Path proc) throws IOException {
        List<String> targets = new ArrayList<>();
        try (var descriptors = Files.newDirectoryStream(proc.resolve("fd"))) {
            for (Path descriptor : descriptors) {
                targets.add(Files.readSymbolicLink(descriptor).toString());
            }
        }
        return targets;
    }

    @FunctionalInterface
    private interface Condition {
        boolean holds() throws IOException;
    }

    private void awaitTrue(String what, Condition condition) throws IOException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (System.nanoTime() < end) {
            try {
                if (condition.holds()) {
                    return;
                }
            } catch (IOException notYet) {
                assertThat(launcher != null && launcher.isAlive())
                        .as(Files.readString(folder.resolve("log")))
                        .isTrue();
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(10));
        }
        throw new AssertionError("not within 20 s: " + what + "\n" + Files.readString(folder.resolve("log")));
    }
}
