package io.higuma.dataplane.tproxy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/// Two hosts and a router between them, each a network namespace of this test's:
///
/// ```
///   app 10.71.1.2, fd71:1::2 ── router 10.71.{1,2}.1, fd71:{1,2}::1 ── other 10.71.2.2, fd71:2::2
/// ```
final class TwoHosts implements AutoCloseable {

    static final String APP = "10.71.1.2";
    static final String APP_6 = "fd71:1::2";
    static final String ROUTER = "10.71.1.1";
    static final String ROUTER_6 = "fd71:1::1";
    static final String OTHER = "10.71.2.2";
    static final String OTHER_6 = "fd71:2::2";

    private static final AtomicInteger NUMBER = new AtomicInteger();

    final String app;
    final String other;
    private final String router;
    private final Path folder;
    private final List<Process> running = new ArrayList<>();

    TwoHosts(Path folder) throws IOException, InterruptedException {
        this.folder = folder;
        String name = "hg" + ProcessHandle.current().pid() + "n" + NUMBER.incrementAndGet();
        app = name + "a";
        router = name + "r";
        other = name + "o";
        for (String host : List.of(app, router, other)) {
            must("ip", "netns", "add", host);
            must("ip", "-n", host, "link", "set", "lo", "up");
            // A router asks for neighbours from its link-local address, which is not to be used for a second or two
            // while it is looked for elsewhere (RFC 4862, 5.4): what is forwarded meanwhile is lost.
            mustOn(host, "sysctl", "-qw", "net.ipv6.conf.default.accept_dad=0");
        }
        cable(app, 1);
        cable(other, 2);
        on(router, "sysctl", "-qw", "net.ipv4.ip_forward=1");
        on(router, "sysctl", "-qw", "net.ipv6.conf.all.forwarding=1");
    }

    private void cable(String host, int net) throws IOException, InterruptedException {
        String far = "eth" + net;
        must("ip", "-n", host, "link", "add", "eth0", "type", "veth", "peer", "name", far, "netns", router);
        must("ip", "-n", host, "address", "add", "10.71." + net + ".2/24", "dev", "eth0");
        must("ip", "-n", host, "address", "add", "fd71:" + net + "::2/64", "dev", "eth0", "nodad");
        must("ip", "-n", router, "address", "add", "10.71." + net + ".1/24", "dev", far);
        must("ip", "-n", router, "address", "add", "fd71:" + net + "::1/64", "dev", far, "nodad");
        must("ip", "-n", host, "link", "set", "eth0", "up");
        must("ip", "-n", router, "link", "set", far, "up");
        must("ip", "-n", host, "route", "add", "default", "via", "10.71." + net + ".1");
        must("ip", "-n", host, "-6", "route", "add", "default", "via", "fd71:" + net + "::1");
    }

    /// How a command ended.
    record Ended(int code, String out, String err) {
        String all() {
            return out + err;
        }
    }

    String router() {
        return router;
    }

    /// Runs it on a host, and waits.
    Ended on(String host, String... command) throws IOException, InterruptedException {
        return run(inside(host, List.of(command)), Map.of());
    }

    /// Runs it on a host; it must succeed.
    String mustOn(String host, String... command) throws IOException, InterruptedException {
        Ended ended = on(host, command);
        assertThat(ended.code()).as("%s: %s", List.of(command), ended.all()).isZero();
        return ended.out();
    }

    /// `higuma dp …` or `higuma install …` on the host of the application.
    Ended higuma(String... arguments) throws IOException, InterruptedException {
        return run(inside(app, java(arguments)), Map.of());
    }

    Ended higuma(Map<String, String> environment, String... arguments) throws IOException, InterruptedException {
        return run(inside(app, java(arguments)), environment);
    }

    static List<String> java(String... arguments) {
        return Stream.concat(
                        Stream.of(
                                Path.of(System.getProperty("java.home"), "bin", "java")
                                        .toString(),
                                "-XX:+UseSerialGC",
                                "-XX:TieredStopAtLevel=1",
                                "--enable-native-access=ALL-UNNAMED",
                                "-cp",
                                System.getProperty("java.class.path"),
                                "io.higuma.dataplane.Main"),
                        Stream.of(arguments))
                .toList();
    }

    static List<String> inside(String host, List<String> command) {
        return Stream.concat(Stream.of("ip", "netns", "exec", host), command.stream())
                .toList();
    }

    /// Starts a server of the test's on a host, and waits until it says `ready`.
    void serve(String host, String script, String... arguments) throws IOException {
        Path file = folder.resolve(script);
        if (!Files.exists(file)) {
            try (InputStream text = TwoHosts.class.getResourceAsStream(script)) {
                Files.write(file, text.readAllBytes());
            }
        }
        List<String> command = Stream.concat(Stream.of("python3", file.toString()), Stream.of(arguments))
                .toList();
        Process server = start(inside(host, command));
        BufferedReader out = new BufferedReader(new InputStreamReader(server.getInputStream(), StandardCharsets.UTF_8));
        assertThat(out.readLine()).as("what %s says", script).isEqualTo("ready");
    }

    Process start(List<String> command) throws IOException {
        Process process = new ProcessBuilder(command)
                .redirectError(folder.resolve("server.log").toFile())
                .start();
        running.add(process);
        return process;
    }

    /// Calls an address from a host and returns what is said there; empty if nobody answers.
    String call(String host, String address, int port) throws IOException, InterruptedException {
        return on(host, "bash", "-c", reading(address, port)).out().strip();
    }

    String callAs(int user, String address, int port) throws IOException, InterruptedException {
        return on(
                        app,
                        "setpriv",
                        "--reuid=" + user,
                        "--regid=" + user,
                        "--clear-groups",
                        "bash",
                        "-c",
                        reading(address, port))
                .out()
                .strip();
    }

    private static String reading(String address, int port) {
        return "exec 3<>/dev/tcp/" + address + "/" + port + " && timeout 10 cat <&3";
    }

    /// Everything that any tool says of the packet filter and the loopback device, without times and without counts of
    /// the packets that a network exchanges by itself.
    String filter() throws IOException, InterruptedException {
        StringBuilder text = new StringBuilder();
        for (String tool :
                List.of("iptables-nft-save", "ip6tables-nft-save", "iptables-legacy-save", "ip6tables-legacy-save")) {
            text.append("== ").append(tool).append('\n');
            on(app, tool)
                    .out()
                    .lines()
                    .filter(line -> !line.startsWith("# "))
                    .forEach(line -> text.append(line).append('\n'));
        }
        text.append("== nft\n").append(on(app, "nft", "list", "ruleset").out());
        text.append("== lo\n")
                .append(on(app, "ip", "address", "show", "dev", "lo").out());
        return text.toString()
                .replaceAll("\\[[0-9]+:[0-9]+]", "[0:0]")
                .replaceAll("packets [0-9]+ bytes [0-9]+", "packets 0 bytes 0");
    }

    static Ended run(List<String> command, Map<String, String> environment) throws IOException, InterruptedException {
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().putAll(environment);
        Path err = Files.createTempFile("higuma", ".err");
        Process process = builder.redirectError(err.toFile()).start();
        process.getOutputStream().close();
        String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(120, TimeUnit.SECONDS))
                .as("%s ends", command)
                .isTrue();
        String said = Files.readString(err);
        Files.delete(err);
        return new Ended(process.exitValue(), out, said);
    }

    private static void must(String... command) throws IOException, InterruptedException {
        Ended ended = run(List.of(command), Map.of());
        assertThat(ended.code()).as("%s: %s", List.of(command), ended.all()).isZero();
    }

    /// Why these tests cannot run here; empty if they can.
    static String missing() {
        if (!Redirection.isAdministrator()) {
            return "not root: network namespaces cannot be made";
        }
        List<String> absent = Stream.of(
                        "ip", "nft", "iptables-nft", "iptables-legacy", "setpriv", "dig", "python3", "bash")
                .filter(tool -> new Tools(Map.of(), List.of(Path.of("/usr/local/bin")), line -> {})
                        .find(tool)
                        .isEmpty())
                .toList();
        return absent.isEmpty() ? "" : "missing " + absent + ": ./dev setup installs what is needed";
    }

    @Override
    public void close() throws IOException, InterruptedException {
        for (Process process : running) {
            process.destroyForcibly().waitFor();
        }
        for (String host : List.of(app, router, other)) {
            run(List.of("ip", "netns", "delete", host), Map.of());
        }
    }
}
