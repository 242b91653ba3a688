package io.higuma.e2e;

import static io.higuma.testkit.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.higuma.testkit.envoy.EnvoyBinary;
import io.higuma.testkit.net.TwoHosts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;

/// A mesh of two hosts, as an operator has it: the control plane and the hosts' resolver are on the router, `web` is
/// on one host and `catalog` on the other, and what the hosts say to each other goes through their Envoys.
///
/// The resolver knows every foreign name and answers with the address 10.0.0.1, and with `resolver` in a TXT record.
final class HostsMesh implements AutoCloseable {

    static final int APPLICATION = 1000;
    static final int ENVOY = 5678;
    static final String CATALOG = "catalog.svc.mesh.local";

    final Hosts hosts;
    private final Path folder;
    private final boolean ipv4;

    /// The servers' scripts are beside this class.
    static final class Hosts extends TwoHosts {
        private final boolean ipv4;

        Hosts(Path folder, boolean ipv4) throws IOException, InterruptedException {
            super(folder, ipv4);
            this.ipv4 = ipv4;
        }

        /// Starts the hosts' resolver on the router, and makes the hosts ask it.
        void resolver() throws IOException {
            Stream<String> addresses = ipv4 ? Stream.of(ROUTER, ROUTER_6) : Stream.of(ROUTER_6);
            serve(
                    router(),
                    "names.py",
                    Stream.concat(Stream.of("resolver", "10.0.0.1", "53"), addresses)
                            .toArray(String[]::new));
            for (String host : List.of(app(), other())) {
                file(
                        host,
                        "resolv.conf",
                        "nameserver " + (ipv4 ? ROUTER : ROUTER_6) + "\noptions timeout:5 attempts:5\n");
                file(host, "nsswitch.conf", "hosts: files dns\n");
            }
        }
    }

    /// Skips the test, with a reason, where namespaces cannot be made.
    static void require() {
        Assumptions.assumeTrue(TwoHosts.missing().isEmpty(), TwoHosts.missing());
    }

    /// @param ipv4 false for hosts without IPv4
    HostsMesh(Path folder, boolean ipv4) throws Exception {
        this.folder = folder;
        this.ipv4 = ipv4;
        // Envoy's user must be able to enter the folder
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
        hosts = new Hosts(folder, ipv4);
        try {
            hosts.resolver();
            startControlPlane();
        } catch (Exception | AssertionError e) {
            hosts.close();
            throw e;
        }
    }

    String router() {
        return ipv4 ? TwoHosts.ROUTER : TwoHosts.ROUTER_6;
    }

    private String address(String host) {
        if (host.equals(hosts.app())) {
            return ipv4 ? TwoHosts.APP : TwoHosts.APP_6;
        }
        return ipv4 ? TwoHosts.OTHER : TwoHosts.OTHER_6;
    }

    private void startControlPlane() throws IOException {
        Path home = Files.createDirectories(folder.resolve("plane"));
        List<String> settings = List.of(
                "env",
                "HIGUMA_HOME=" + home,
                "KUMA_DP_SERVER_INTERFACE=::",
                "KUMA_API_SERVER_HTTP_INTERFACE=127.0.0.1");
        hosts.start(TwoHosts.inside(
                hosts.router(),
                Stream.concat(settings.stream(), Java.command("io.higuma.controlplane.Main", "run").stream())
                        .toList()));
        eventually("the control plane is ready", () -> get("/meshes/default").contains("\"default\""));
    }

    /// Asks the API, on the control plane's own host.
    String get(String path) throws IOException, InterruptedException {
        return hosts.on(hosts.router(), "curl", "-s", "http://127.0.0.1:5681" + path)
                .out();
    }

    /// Runs `higuma` on the control plane's own host; it must succeed.
    String higuma(String... arguments) throws IOException, InterruptedException {
        List<String> command = Stream.concat(
                        Stream.of("env", "HIGUMA_HOME=" + folder.resolve("home")),
                        Java.command("io.higuma.cli.Main", arguments).stream())
                .toList();
        return hosts.mustOn(hosts.router(), command.toArray(String[]::new));
    }

    void apply(String yaml) throws IOException, InterruptedException {
        Path file = folder.resolve("apply.yaml");
        Files.writeString(file, yaml);
        higuma("apply", "-f", file.toString());
    }

    /// `higuma dp …` or `higuma install …` on a host.
    TwoHosts.Ended launcher(String host, String... arguments) throws IOException, InterruptedException {
        return TwoHosts.run(TwoHosts.inside(host, Java.command("io.higuma.dataplane.Main", arguments)), environment());
    }

    private java.util.Map<String, String> environment() {
        return java.util.Map.of("HIGUMA_HOME", folder.resolve("home").toString());
    }

    /// Starts `higuma dp run --transparent-proxy` of a workload on a host, and waits until traffic goes through it.
    ///
    /// @param inbound the port of its service; 0 for none
    /// @param flags beside the usual
    Process sidecar(String host, String workload, int inbound, String... flags)
            throws IOException, InterruptedException {
        Path token = folder.resolve(workload + ".token");
        Files.writeString(
                token,
                hosts.mustOn(
                        hosts.router(),
                        "curl",
                        "-sf",
                        "-H",
                        "content-type: application/json",
                        "-d",
                        "{\"mesh\": \"default\", \"workload\": \"" + workload + "\"}",
                        "http://127.0.0.1:5681/tokens/dataplane"));
        Path dataplane = folder.resolve(workload + ".yaml");
        String served = inbound == 0 ? "" : ", inbound: [{port: " + inbound + ", protocol: http}]";
        Files.writeString(
                dataplane,
                TestMesh.document(
                        "default", workload + "-1", workload, "{address: \"" + address(host) + "\"" + served + "}"));
        Path work = folder.resolve(workload);
        List<String> command = new ArrayList<>(TwoHosts.inside(
                host,
                Java.command(
                        "io.higuma.dataplane.Main",
                        "run",
                        "--transparent-proxy",
                        "--cp-address",
                        "https://" + (ipv4 ? router() : "[" + router() + "]") + ":5678",
                        "--ca-cert-file",
                        folder.resolve("plane/cp/tls/server.crt").toString(),
                        "--dataplane-token-file",
                        token.toString(),
                        "--dataplane-file",
                        dataplane.toString(),
                        "--envoy",
                        EnvoyBinary.path().toString(),
                        "--work-dir",
                        work.toString(),
                        "--concurrency",
                        "1",
                        "--log-level",
                        "warn")));
        command.addAll(List.of(flags));
        Process process = hosts.start(command);
        try {
            eventually(
                    workload + " has listeners",
                    () -> {
                        if (!process.isAlive()) {
                            throw new IllegalStateException(workload + " ended");
                        }
                        return listeners(work);
                    },
                    count -> count > 0);
        } catch (AssertionError e) {
            throw new AssertionError(hosts.log(), e);
        }
        return process;
    }

    private long listeners(Path work) throws IOException, InterruptedException {
        List<Path> sockets;
        try (Stream<Path> files = Files.list(work)) {
            sockets =
                    files.filter(file -> file.toString().endsWith("admin.sock")).toList();
        }
        assertThat(sockets).hasSize(1);
        String stats = hosts.on(
                        hosts.app(),
                        "curl",
                        "-s",
                        "--unix-socket",
                        sockets.getFirst().toString(),
                        "http://envoy/stats?filter=listener_manager.lds.update_success")
                .out();
        return Long.parseLong(stats.substring(stats.indexOf(':') + 1).strip());
    }

    /// What an application on the host of `web` types; its exit code does not matter.
    String asApplication(String... command) throws IOException, InterruptedException {
        return hosts.on(
                        hosts.app(),
                        Stream.concat(
                                        Stream.of(
                                                "setpriv",
                                                "--reuid=" + APPLICATION,
                                                "--regid=" + APPLICATION,
                                                "--clear-groups"),
                                        Stream.of(command))
                                .toArray(String[]::new))
                .all()
                .strip();
    }

    /// `dig +short`, on the host of `web`; the resolver is that of the host.
    String dig(String type, String name) throws IOException, InterruptedException {
        return asApplication("dig", "+short", "+tries=5", "+time=5", type, name);
    }

    /// The status that dig(1) shows for a question, such as `NXDOMAIN`.
    String status(String type, String name) throws IOException, InterruptedException {
        String answer = asApplication("dig", "+tries=5", "+time=5", type, name);
        int at = answer.indexOf("status: ");
        return at < 0 ? answer : answer.substring(at + 8, answer.indexOf(',', at));
    }

    String curl(String... arguments) throws IOException, InterruptedException {
        return asApplication(Stream.concat(Stream.of("curl", "-sS", "--max-time", "20"), Stream.of(arguments))
                .toArray(String[]::new));
    }

    @Override
    public void close() throws Exception {
        hosts.close();
    }
}
