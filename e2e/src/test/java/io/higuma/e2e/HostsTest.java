package io.higuma.e2e;

import static io.higuma.testkit.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.higuma.testkit.net.TwoHosts;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Two hosts with applications that know nothing of a mesh: they call each other by name.
class HostsTest {

    private static final String SHELF = """
            type: MeshService
            mesh: default
            name: shelf
            spec:
              selector: {dataplaneLabels: {matchLabels: {kuma.io/workload: catalog}}}
              ports: [{port: 8088, targetPort: 80, appProtocol: http}]
            """;

    private static final int APPLICATION = 1000;
    private static final String VIP = "24[0-9]\\.[0-9.]+";
    private static final String TWIN = "fd68:6967:756d:[0-9a-f:]+";
    private static final String WEB = "URI=spiffe://default.default.mesh.local/workload/web";

    @TempDir
    private Path folder;

    @BeforeEach
    void skipWhereItCannotRun() {
        HostsMesh.require();
    }

    @Test
    void applicationsCallEachOtherByNameAndAreKnown() throws Exception {
        try (HostsMesh mesh = new HostsMesh(folder, true)) {
            TwoHosts hosts = mesh.hosts;
            // Given a service on one host, and an application on the other
            hosts.serve(hosts.other(), "shop.py", "catalog", "80");
            Process catalog = mesh.sidecar(hosts.other(), "catalog", 80);
            Process web = mesh.sidecar(hosts.app(), "web", 0);

            // Then its name is known to whatever asks, in both families
            String vip =
                    eventually("dig finds it", () -> mesh.dig("A", HostsMesh.CATALOG), answer -> answer.matches(VIP));
            String twin = mesh.dig("AAAA", HostsMesh.CATALOG);
            assertThat(twin).matches(TWIN);
            assertThat(mesh.asApplication("getent", "ahostsv4", HostsMesh.CATALOG))
                    .startsWith(vip);
            assertThat(mesh.asApplication("getent", "ahosts", HostsMesh.CATALOG))
                    .contains(vip)
                    .contains(twin);
            assertThat(mesh.asApplication("getent", "hosts", HostsMesh.CATALOG)).contains(HostsMesh.CATALOG);
            // And it is what the control plane says
            assertThat(mesh.higuma("get", "meshservice", "catalog", "-o", "yaml"))
                    .contains(vip)
                    .contains(HostsMesh.CATALOG);

            // And foreign names reach the host's own resolver, whatever is asked
            assertThat(mesh.dig("A", "example.org")).isEqualTo("10.0.0.1");
            assertThat(mesh.dig("MX", "example.org")).isEqualTo("10 mail.");
            assertThat(mesh.dig("TXT", "example.org")).isEqualTo("\"resolver\"");
            assertThat(mesh.dig("SRV", "_http._tcp.example.org")).isEqualTo("0 0 443 mail.");
            assertThat(mesh.asApplication("getent", "ahostsv4", "example.org")).startsWith("10.0.0.1");

            // When the mesh gets identities and the application a permission
            mesh.apply(TestMesh.IDENTITY + "---\n" + allow("web"));
            // Then the service knows who calls, over IPv4 and over IPv6
            eventually("web is known", () -> mesh.curl("http://" + HostsMesh.CATALOG), answer -> answer.contains(WEB));
            assertThat(mesh.curl("-4", "http://" + HostsMesh.CATALOG + ":80/")).contains("service: catalog", WEB);
            assertThat(mesh.curl("-6", "http://" + HostsMesh.CATALOG)).contains("service: catalog", WEB);
            assertThat(mesh.curl("http://[" + twin + "]/")).contains("service: catalog", WEB);
            // And whoever comes in the clear is refused, from a host beside and from the host itself, by address
            eventually(
                    "plaintext is refused",
                    () -> hosts.on(hosts.router(), "curl", "-s", "http://" + TwoHosts.OTHER)
                            .code(),
                    code -> code != 0);
            assertThat(hosts.on(hosts.router(), "curl", "-s", "-g", "http://[" + TwoHosts.OTHER_6 + "]")
                            .code())
                    .isNotZero();
            assertThat(mesh.curl("http://" + TwoHosts.OTHER)).startsWith("curl:");
            assertThat(mesh.curl("http://" + HostsMesh.CATALOG)).contains(WEB);

            // When a service gets another name, nothing is started anew
            mesh.apply(SHELF);
            eventually(
                    "the new name leads to it",
                    () -> mesh.curl("http://shelf.svc.mesh.local:8088"),
                    answer -> answer.contains("service: catalog") && answer.contains(WEB));
            String address = mesh.dig("A", "shelf.svc.mesh.local");
            // And when it goes, so does its name
            mesh.higuma("delete", "meshservice", "shelf");
            eventually(
                    "the name is gone",
                    () -> mesh.status("A", "shelf.svc.mesh.local"),
                    answer -> answer.equals("NXDOMAIN"));
            assertThat(mesh.asApplication("getent", "hosts", "shelf.svc.mesh.local"))
                    .isEmpty();
            // And what is still sent to its address ends on this host, even where somebody would take it
            hosts.mustOn(hosts.router(), "ip", "address", "add", address + "/32", "dev", "lo");
            hosts.serve(hosts.router(), "echo.py", "8088");
            assertThat(hosts.call(hosts.router(), address, 8088)).startsWith("port 8088");
            assertThat(hosts.callAs(APPLICATION, address, 8088)).isEmpty();
            // And nobody inherits it: who wants it has to wait, and it finds name and address when it comes back
            mesh.apply("""
                    type: HostnameGenerator
                    name: heir
                    spec:
                      selector: {meshService: {matchLabels: {kuma.io/display-name: catalog}}}
                      template: shelf.svc.mesh.local
                    """);
            eventually(
                    "the heir is told to wait",
                    () -> mesh.higuma("get", "meshservice", "catalog", "-o", "yaml"),
                    answer -> answer.contains("shelf.svc.mesh.local belonged to MeshService shelf"));
            assertThat(mesh.status("A", "shelf.svc.mesh.local")).isEqualTo("NXDOMAIN");
            mesh.apply(SHELF);
            eventually(
                    "it is called again as it was",
                    () -> mesh.dig("A", "shelf.svc.mesh.local"),
                    answer -> answer.equals(address));

            // And when the last instance of a service goes, its name and address stay for a while: a clear answer
            assertThat(mesh.curl("http://" + HostsMesh.CATALOG)).contains(WEB);
            catalog.destroyForcibly().waitFor();
            eventually(
                    "nobody serves it",
                    () -> mesh.curl("-o", "/dev/null", "-w", "%{http_code}", "http://" + HostsMesh.CATALOG),
                    answer -> answer.contains("503"));
            assertThat(mesh.dig("A", HostsMesh.CATALOG)).isEqualTo(vip);
            assertThat(web.isAlive()).isTrue();
            // And it is found there when it comes back
            mesh.sidecar(hosts.other(), "catalog", 80);
            eventually(
                    "it answers again", () -> mesh.curl("http://" + HostsMesh.CATALOG), answer -> answer.contains(WEB));

            withAnAgentEveryQuestionIsAnswered(mesh, web, vip, twin);
        }
    }

    /// The same hosts, with an agent beside the Envoy of the application.
    private static void withAnAgentEveryQuestionIsAnswered(HostsMesh mesh, Process web, String vip, String twin)
            throws Exception {
        TwoHosts hosts = mesh.hosts;
        // Given rules for an agent that is not there
        TwoHosts.Ended rules = mesh.launcher(hosts.app(), "install", "transparent-proxy", "--redirect-all-dns-traffic");
        assertThat(rules.code()).as(rules.all()).isZero();
        TwoHosts.Ended alone = mesh.launcher(hosts.app(), "verify");
        assertThat(alone.code()).as(alone.all()).isEqualTo(1);
        assertThat(alone.out()).contains("failed    dns-ipv4", "Start `higuma dp run` with --agent");

        // When the sidecar is started again with one
        web.destroyForcibly().waitFor();
        mesh.sidecar(hosts.app(), "web", 0, "--agent");

        // Then names of the mesh are answered over UDP and TCP, as the control plane says
        eventually("dig finds it", () -> mesh.dig("A", HostsMesh.CATALOG), vip::equals);
        assertThat(mesh.asApplication("dig", "+short", "+tcp", "AAAA", HostsMesh.CATALOG))
                .isEqualTo(twin);
        assertThat(mesh.asApplication("getent", "ahosts", HostsMesh.CATALOG)).contains(vip, twin);
        assertThat(mesh.status("MX", HostsMesh.CATALOG)).isEqualTo("NOERROR");
        assertThat(mesh.status("A", "nobody.svc.mesh.local")).isEqualTo("NXDOMAIN");
        // And foreign ones by the host's resolver, whatever is asked
        assertThat(mesh.dig("A", "example.org")).isEqualTo("10.0.0.1");
        assertThat(mesh.dig("MX", "example.org")).isEqualTo("10 mail.");
        assertThat(mesh.dig("SRV", "_http._tcp.example.org")).isEqualTo("0 0 443 mail.");
        assertThat(mesh.asApplication("dig", "+short", "+tcp", "TXT", "example.org"))
                .isEqualTo("\"resolver\"");
        // And by one socket in turn
        assertThat(hosts.mustOn(
                        hosts.app(),
                        "python3",
                        "-c",
                        ONE_SOCKET,
                        TwoHosts.ROUTER,
                        "example.org",
                        HostsMesh.CATALOG,
                        "example.net"))
                .isEqualTo("example.org 10.0.0.1\n" + HostsMesh.CATALOG + " " + vip + "\nexample.net 10.0.0.1\n");
        assertThat(mesh.curl("http://" + HostsMesh.CATALOG)).contains(WEB);
        TwoHosts.Ended proved = mesh.launcher(hosts.app(), "verify");
        assertThat(proved.code()).as(proved.all()).isZero();
        assertThat(proved.out())
                .contains("ok        dns-ipv4                 all questions over IPv4 go to the agent")
                .contains("ok        dns-tcp-ipv4", "ok        dns-ipv6", "ok        dns-tcp-ipv6");

        // When a service gets another name, it is there for the first who asks
        mesh.apply("""
                type: MeshService
                mesh: default
                name: shelf
                spec:
                  selector: {dataplaneLabels: {matchLabels: {kuma.io/workload: catalog}}}
                  ports: [{port: 8088, targetPort: 80, appProtocol: http}]
                """);
        eventually(
                "the new name leads to it",
                () -> mesh.curl("http://shelf.svc.mesh.local:8088"),
                answer -> answer.contains("service: catalog") && answer.contains(WEB));
    }

    /// Asks a server for A records, all from one socket.
    private static final String ONE_SOCKET = """
            import socket, struct, sys
            s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            s.settimeout(30)
            s.connect((sys.argv[1], 53))
            for name in sys.argv[2:]:
                labels = b"".join(bytes([len(label)]) + label.encode() for label in name.split("."))
                s.send(struct.pack("!HHHHHH", 7, 0x100, 1, 0, 0, 0) + labels + struct.pack("!BHH", 0, 1, 1))
                print(name, socket.inet_ntoa(s.recv(4096)[-4:]))
            """;

    @Test
    void aHostIsVerifiedItsSidecarDiesAndWhatOthersHadIsAsItWas() throws Exception {
        try (HostsMesh mesh = new HostsMesh(folder, true)) {
            TwoHosts hosts = mesh.hosts;
            // Given a host with a firewall and a container engine
            hosts.othersRules("nft");
            hosts.touchLegacyTables();
            String before = hosts.filter();
            hosts.serve(hosts.router(), "echo.py", "7000");
            TwoHosts.Ended bare = mesh.launcher(hosts.app(), "verify", "--redirect-dns");
            assertThat(bare.code()).as(bare.all()).isEqualTo(1);
            assertThat(bare.out())
                    .contains("failed    rules")
                    .contains("run `higuma install transparent-proxy`")
                    .contains("failed    outbound-ipv4", "failed    dns-ipv4", "failed    dns-ipv6");

            // When a sidecar is started there
            Process web = mesh.sidecar(hosts.app(), "web", 0);
            TwoHosts.Ended good = mesh.launcher(hosts.app(), "verify");
            // Then it is proved, with the real Envoy, that everything goes through it but what is its own
            assertThat(good.code()).as(good.all()).isZero();
            assertThat(good.out())
                    .contains("ok        rules")
                    .contains("Envoy's ports are listened on")
                    .contains("ok        outbound-ipv4", "ok        outbound-ipv6", "ok        envoy-user-ipv4")
                    .contains("ok        inbound-ipv4", "ok        dns-ipv4", "ok        dns-ipv6")
                    .doesNotContain("failed", "skipped");
            assertThat(hosts.callAs(HostsMesh.APPLICATION, TwoHosts.ROUTER, 7000))
                    .isEqualTo("port 7000 for itself");

            // When it dies, nothing leaves in the clear but what is Envoy's own
            web.destroyForcibly().waitFor();
            assertThat(hosts.callAs(HostsMesh.APPLICATION, TwoHosts.ROUTER, 7000))
                    .isEmpty();
            assertThat(hosts.callAs(HostsMesh.ENVOY, TwoHosts.ROUTER, 7000)).isEqualTo("port 7000 for itself");

            // When the rules are taken away, the packet filter is byte for byte what it was
            TwoHosts.Ended gone = mesh.launcher(hosts.app(), "uninstall", "transparent-proxy");
            assertThat(gone.code()).as(gone.all()).isZero();
            assertThat(hosts.filter()).isEqualTo(before);
            assertThat(hosts.callAs(HostsMesh.APPLICATION, TwoHosts.ROUTER, 7000))
                    .isEqualTo("port 7000 for itself");
        }
    }

    @Test
    void hostsWithoutIpv4DoTheSame() throws Exception {
        try (HostsMesh mesh = new HostsMesh(folder, false)) {
            TwoHosts hosts = mesh.hosts;
            mesh.apply(TestMesh.IDENTITY + "---\n" + allow("web"));
            hosts.serve(hosts.other(), "shop.py", "catalog", "80");
            mesh.sidecar(hosts.other(), "catalog", 80);
            mesh.sidecar(hosts.app(), "web", 0);

            eventually("web is known", () -> mesh.curl("http://" + HostsMesh.CATALOG), answer -> answer.contains(WEB));
            assertThat(mesh.dig("AAAA", HostsMesh.CATALOG)).matches(TWIN);
            assertThat(mesh.dig("TXT", "example.org")).isEqualTo("\"resolver\"");
            TwoHosts.Ended good = mesh.launcher(hosts.app(), "verify");
            assertThat(good.code()).as(good.all()).isZero();
            assertThat(good.out()).contains("ok        outbound-ipv6").contains("skipped   outbound-ipv4");
        }
    }

    private static String allow(String workload) {
        return """
                type: MeshTrafficPermission
                mesh: default
                name: to-catalog
                spec:
                  targetRef: {kind: Dataplane, labels: {kuma.io/workload: catalog}}
                  rules:
                    - default: {allow: [{spiffeID: {type: Exact, value: "spiffe://default.default.mesh.local/workload/%s"}}]}
                """.formatted(workload);
    }
}
