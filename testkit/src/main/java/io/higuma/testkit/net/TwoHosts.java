package io.higuma.testkit.net;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// Two hosts and a router between them, each a network namespace of the test's:
///
/// ```
///   app 10.71.1.2, fd71:1::2 ── router 10.71.{1,2}.1, fd71:{1,2}::1 ── other 10.71.2.2, fd71:2::2
/// ```
///
/// Closing ends every process in them and removes them. What a run that was killed left behind, the next one removes.
public class TwoHosts implements AutoCloseable {

    public static final String APP = "10.71.1.2";
    public static final String APP_6 = "fd71:1::2";
    public static final String ROUTER = "10.71.1.1";
    public static final String ROUTER_6 = "fd71:1::1";
    public static final String OTHER = "10.71.2.2";
    public static final String OTHER_6 = "fd71:2::2";

    private static final Path NAMESPACES = Path.of("/run/netns");
    private static final Path OWN_FILES = Path.of("/etc/netns");
    private static final Pattern NAME = Pattern.compile("hg([0-9]+)n[0-9]+[aro]");
    private static final AtomicInteger NUMBER = new AtomicInteger();
    private static final long PATIENCE_SECONDS = 120;

    private final Path folder;
    private final boolean ipv4;
    private final String app;
    private final String router;
    private final String other;
    private final List<Process> running = new ArrayList<>();

    public TwoHosts(Path folder) throws IOException, InterruptedException {
        this(folder, true);
    }

    /// @param folder where servers' scripts and their log `server.log` are put
    /// @param ipv4 false for hosts that have no address of IPv4 but that of the loopback device
    public TwoHosts(Path folder, boolean ipv4) throws IOException, InterruptedException {
        sweep();
        this.folder = folder;
        this.ipv4 = ipv4;
        String name = "hg" + ProcessHandle.current().pid() + "n" + NUMBER.incrementAndGet();
        app = name + "a";
        router = name + "r";
        other = name + "o";
        try {
            make();
        } catch (IOException | RuntimeException | AssertionError e) {
            close();
            throw e;
        }
    }

    private void make() throws IOException, InterruptedException {
        for (String host : List.of(app, router, other)) {
            must("ip", "netns", "add", host);
            must("ip", "-n", host, "link", "set", "lo", "up");
            // A router asks for neighbours from its link-local address, which is not to be used for a second or two
            // while it is looked for elsewhere (RFC 4862, 5.4): what is forwarded meanwhile is lost.
            mustOn(host, "sysctl", "-qw", "net.ipv6.conf.default.accept_dad=0");
        }
        cable(app, 1);
        cable(other, 2);
        mustOn(router, "sysctl", "-qw", "net.ipv4.ip_forward=1");
        mustOn(router, "sysctl", "-qw", "net.ipv6.conf.all.forwarding=1");
    }

    private void cable(String host, int net) throws IOException, InterruptedException {
        String far = "eth" + net;
        must("ip", "-n", host, "link", "add", "eth0", "type", "veth", "peer", "name", far, "netns", router);
        must("ip", "-n", host, "address", "add", "fd71:" + net + "::2/64", "dev", "eth0", "nodad");
        must("ip", "-n", router, "address", "add", "fd71:" + net + "::1/64", "dev", far, "nodad");
        if (ipv4) {
            must("ip", "-n", host, "address", "add", "10.71." + net + ".2/24", "dev", "eth0");
            must("ip", "-n", router, "address", "add", "10.71." + net + ".1/24", "dev", far);
        }
        must("ip", "-n", host, "link", "set", "eth0", "up");
        must("ip", "-n", router, "link", "set", far, "up");
        if (ipv4) {
            must("ip", "-n", host, "route", "add", "default", "via", "10.71." + net + ".1");
        }
        must("ip", "-n", host, "-6", "route", "add", "default", "via", "fd71:" + net + "::1");
    }

    /// How a command ended.
    public record Ended(int code, String out, String err) {
        public String all() {
            return out + err;
        }
    }

    /// The namespace of the host of the application.
    public final String app() {
        return app;
    }

    /// The namespace of the host beyond the router.
    public final String other() {
        return other;
    }

    /// The namespace of the router.
    public final String router() {
        return router;
    }

    /// Gives a host a file of its own in `/etc`, such as `resolv.conf`: ip-netns(8) shows it to what runs there.
    public final void file(String host, String name, String text) throws IOException {
        Path own = OWN_FILES.resolve(host);
        Files.createDirectories(own);
        Files.writeString(own.resolve(name), text);
    }

    /// Runs it on a host, and waits.
    public final Ended on(String host, String... command) throws IOException, InterruptedException {
        return run(inside(host, List.of(command)), Map.of());
    }

    /// Runs it on a host; it must succeed.
    public final String mustOn(String host, String... command) throws IOException, InterruptedException {
        Ended ended = on(host, command);
        if (ended.code() != 0) {
            throw new AssertionError(List.of(command) + " ended with " + ended.code() + ": " + ended.all());
        }
        return ended.out();
    }

    /// The command that runs a command on a host.
    public static List<String> inside(String host, List<String> command) {
        return Stream.concat(Stream.of("ip", "netns", "exec", host), command.stream())
                .toList();
    }

    /// Starts a server on a host, and waits until it says `ready`. The script is a resource beside this class or
    /// beside the class that extends it.
    public final void serve(String host, String script, String... arguments) throws IOException {
        Path file = folder.resolve(script);
        if (!Files.exists(file)) {
            Optional<InputStream> own = Optional.ofNullable(getClass().getResourceAsStream(script));
            try (InputStream text =
                    own.orElseGet(() -> Objects.requireNonNull(TwoHosts.class.getResourceAsStream(script), script))) {
                Files.write(file, text.readAllBytes());
            }
        }
        List<String> command = Stream.concat(Stream.of("python3", file.toString()), Stream.of(arguments))
                .toList();
        Process server = start(inside(host, command));
        BufferedReader out = new BufferedReader(new InputStreamReader(server.getInputStream(), StandardCharsets.UTF_8));
        String said = out.readLine();
        if (!"ready".equals(said)) {
            throw new AssertionError(script + " says " + said + ": " + log());
        }
    }

    /// Starts a command that ends with these hosts. What it says of errors goes to `server.log`.
    public final Process start(List<String> command) throws IOException {
        Process process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.appendTo(
                        folder.resolve("server.log").toFile()))
                .start();
        running.add(process);
        return process;
    }

    /// What servers said of errors.
    public final String log() throws IOException {
        Path log = folder.resolve("server.log");
        return Files.exists(log) ? Files.readString(log) : "";
    }

    /// Calls an address from a host and returns what is said there; empty if nobody answers.
    public final String call(String host, String address, int port) throws IOException, InterruptedException {
        return on(host, "bash", "-c", reading(address, port)).out().strip();
    }

    /// As [#call], from the host of the application, as a user.
    public final String callAs(int user, String address, int port) throws IOException, InterruptedException {
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

    /// Everything that any tool says of the packet filter and the loopback device of the host of the application,
    /// without times and without counts of the packets that a network exchanges by itself.
    public final String filter() throws IOException, InterruptedException {
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

    /// The old iptables shows a table from the moment that anybody looked into it, and never stops: look into all of
    /// them before comparing.
    public final void touchLegacyTables() throws IOException, InterruptedException {
        for (String tool : List.of("iptables-legacy", "ip6tables-legacy")) {
            for (String table : List.of("raw", "mangle", "nat", "filter")) {
                mustOn(app, tool, "-t", table, "-S");
            }
        }
    }

    /// What a container engine and a firewall leave behind on the host of the application.
    ///
    /// @param make `nft` or `legacy`
    public final void othersRules(String make) throws IOException, InterruptedException {
        for (String line : List.of(
                "-t nat -N DOCKER",
                "-t nat -A PREROUTING -m addrtype --dst-type LOCAL -j DOCKER",
                "-t nat -A OUTPUT ! -d 127.0.0.0/8 -m addrtype --dst-type LOCAL -j DOCKER",
                "-t nat -A POSTROUTING -s 172.17.0.0/16 ! -o docker0 -j MASQUERADE",
                "-t nat -A DOCKER -p tcp --dport 8080 -j DNAT --to-destination 127.0.0.1:9090",
                "-t filter -A INPUT -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT",
                "-t filter -A INPUT -p tcp --dport 4444 -j DROP",
                "-t raw -A PREROUTING -i eth9 -j DROP")) {
            mustOn(
                    app,
                    Stream.concat(Stream.of("iptables-" + make), Stream.of(line.split(" ")))
                            .toArray(String[]::new));
        }
        mustOn(app, "ip6tables-" + make, "-t", "nat", "-A", "OUTPUT", "-p", "udp", "-j", "ACCEPT");
        mustOn(
                app,
                "nft",
                "add table inet firewall; add chain inet firewall in { type filter hook input"
                        + " priority 0; policy accept; }; add rule inet firewall in tcp dport 5555 drop");
    }

    /// Runs a command to its end, which must come within two minutes.
    ///
    /// @param environment beside that of this process
    public static Ended run(List<String> command, Map<String, String> environment)
            throws IOException, InterruptedException {
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().putAll(environment);
        Path err = Files.createTempFile("higuma", ".err");
        try {
            Process process = builder.redirectError(err.toFile()).start();
            process.getOutputStream().close();
            String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new AssertionError(command + " does not end: " + out + Files.readString(err));
            }
            return new Ended(process.exitValue(), out, Files.readString(err));
        } finally {
            Files.delete(err);
        }
    }

    private static void must(String... command) throws IOException, InterruptedException {
        Ended ended = run(List.of(command), Map.of());
        if (ended.code() != 0) {
            throw new AssertionError(List.of(command) + " ended with " + ended.code() + ": " + ended.all());
        }
    }

    /// Why such hosts cannot be made here; empty if they can.
    public static String missing() {
        try {
            if (!Integer.valueOf(0).equals(Files.getAttribute(Path.of("/proc/self"), "unix:uid"))) {
                return "not root: network namespaces cannot be made";
            }
        } catch (IOException | UnsupportedOperationException e) {
            return "not Linux: network namespaces cannot be made";
        }
        List<String> absent = Stream.of(
                        "ip",
                        "nft",
                        "iptables-nft",
                        "iptables-legacy",
                        "setpriv",
                        "dig",
                        "getent",
                        "curl",
                        "python3",
                        "bash")
                .filter(tool -> find(tool).isEmpty())
                .toList();
        return absent.isEmpty() ? "" : "missing " + absent + ": ./dev setup installs what is needed";
    }

    /// Where a tool of this machine is.
    public static Optional<Path> find(String tool) {
        String path = System.getenv().getOrDefault("PATH", "") + ":/usr/sbin:/sbin";
        return Stream.of(path.split(":"))
                .filter(part -> !part.isEmpty())
                .map(part -> Path.of(part, tool))
                .filter(Files::isExecutable)
                .findFirst();
    }

    @Override
    public final void close() throws IOException, InterruptedException {
        for (Process process : running) {
            process.destroyForcibly().waitFor();
        }
        for (String host : List.of(app, router, other)) {
            remove(host);
        }
    }

    /// Removes what processes that are no more left behind.
    private static void sweep() throws IOException, InterruptedException {
        if (!Files.isDirectory(NAMESPACES)) {
            return;
        }
        List<String> left = new ArrayList<>();
        try (DirectoryStream<Path> names = Files.newDirectoryStream(NAMESPACES, "hg*")) {
            for (Path each : names) {
                Matcher name = NAME.matcher(each.getFileName().toString());
                if (name.matches()
                        && ProcessHandle.of(Long.parseLong(name.group(1))).isEmpty()) {
                    left.add(name.group());
                }
            }
        }
        for (String host : left) {
            remove(host);
        }
    }

    private static void remove(String host) throws IOException, InterruptedException {
        if (Files.exists(NAMESPACES.resolve(host))) {
            run(List.of("ip", "netns", "pids", host), Map.of())
                    .out()
                    .lines()
                    .map(pid -> ProcessHandle.of(Long.parseLong(pid.strip())))
                    .forEach(process -> process.ifPresent(ProcessHandle::destroyForcibly));
            run(List.of("ip", "netns", "delete", host), Map.of());
        }
        Path own = OWN_FILES.resolve(host);
        if (Files.isDirectory(own)) {
            try (Stream<Path> files = Files.list(own)) {
                files.forEach(TwoHosts::delete);
            }
            Files.delete(own);
        }
    }

    private static void delete(Path file) {
        try {
            Files.delete(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
