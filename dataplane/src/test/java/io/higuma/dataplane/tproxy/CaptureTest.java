package io.higuma.dataplane.tproxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.higuma.testkit.net.TwoHosts;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What really happens to connections and questions, with each tool. In Envoy's place stands a
/// server that tells where a connection was meant to go.
class CaptureTest {

    private static final int ENVOY = 5678;
    private static final int APPLICATION = 1000;

    @TempDir
    private Path folder;

    private LauncherHosts hosts;

    @BeforeEach
    void makeTwoHosts() throws IOException, InterruptedException {
        assumeTrue(TwoHosts.missing().isEmpty(), TwoHosts.missing());
        hosts = new LauncherHosts(folder);
    }

    @AfterEach
    void removeThem() throws IOException, InterruptedException {
        if (hosts != null) {
            hosts.close();
        }
    }

    private void install(String... flags) throws IOException, InterruptedException {
        String[] arguments = new String[flags.length + 2];
        arguments[0] = "install";
        arguments[1] = "transparent-proxy";
        System.arraycopy(flags, 0, arguments, 2, flags.length);
        TwoHosts.Ended ended = hosts.higuma(arguments);
        assertThat(ended.code()).as(ended.all()).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"nftables", "iptables-nft", "iptables-legacy"})
    void connectionsOfTheApplicationGoToEnvoyAndEnvoysOwnDoNot(String backend) throws Exception {
        // Given a service on another host, and something in Envoy's place on this one
        hosts.serve(hosts.other(), "echo.py", "80", "3306");
        hosts.serve(hosts.app(), "echo.py", "15001", "15006", "80", "22", "9000");

        // When the proxy is installed
        install("--backend", backend, "--exclude-inbound-ports", "22", "--exclude-outbound-ports", "3306");

        // Then what the application opens arrives at Envoy, which is told where it was to go
        assertThat(hosts.callAs(APPLICATION, TwoHosts.OTHER, 80)).isEqualTo("port 15001 for 10.71.2.2 80");
        assertThat(hosts.callAs(APPLICATION, TwoHosts.OTHER_6, 80)).isEqualTo("port 15001 for fd71:2::2 80");
        // And so does what another host opens
        assertThat(hosts.call(hosts.other(), TwoHosts.APP, 80)).isEqualTo("port 15006 for 10.71.1.2 80");
        assertThat(hosts.call(hosts.other(), TwoHosts.APP_6, 80)).isEqualTo("port 15006 for fd71:1::2 80");
        // And what is to be left alone is
        assertThat(hosts.callAs(APPLICATION, TwoHosts.OTHER, 3306)).startsWith("port 3306 ");
        assertThat(hosts.callAs(APPLICATION, TwoHosts.OTHER_6, 3306)).startsWith("port 3306 ");
        assertThat(hosts.call(hosts.other(), TwoHosts.APP, 22)).startsWith("port 22 ");
        assertThat(hosts.callAs(APPLICATION, "127.0.0.1", 9000)).startsWith("port 9000 ");
        assertThat(hosts.callAs(APPLICATION, TwoHosts.APP, 9000)).startsWith("port 9000 ");
        // And Envoy gets out, and reaches its own service through itself
        assertThat(hosts.callAs(ENVOY, TwoHosts.OTHER, 80)).startsWith("port 80 ");
        assertThat(hosts.callAs(ENVOY, TwoHosts.OTHER_6, 80)).startsWith("port 80 ");
        assertThat(hosts.callAs(ENVOY, TwoHosts.APP, 80)).isEqualTo("port 15006 for 10.71.1.2 80");
        // And Envoy reaches its application from the address that is set apart for it
        assertThat(fromEnvoysAddress("127.0.0.6", TwoHosts.APP)).startsWith("port 80 ");
        assertThat(fromEnvoysAddress("::6", TwoHosts.APP_6)).startsWith("port 80 ");
    }

    private String fromEnvoysAddress(String source, String address) throws IOException, InterruptedException {
        return hosts.on(
                        hosts.app(),
                        "python3",
                        "-c",
                        "import encodings.idna, os, socket; os.setuid(%d); s = socket.create_connection(('%s', 80), 10, ('%s', 0)); print(s.recv(99).decode())"
                                .formatted(ENVOY, address, source))
                .all()
                .strip();
    }

    @ParameterizedTest
    @ValueSource(strings = {"nftables", "iptables-nft", "iptables-legacy"})
    void onlyQuestionsForMeshNamesGoToEnvoy(String backend) throws Exception {
        // Given the host's resolver on the router, and something that answers in Envoy's place
        hosts.serve(hosts.router(), "names.py", "resolver", "10.0.0.1", "53", TwoHosts.ROUTER, TwoHosts.ROUTER_6);
        hosts.serve(hosts.app(), "names.py", "envoy", "240.0.0.1", "15053", "127.0.0.1", "::1");
        hosts.serve(hosts.app(), "echo.py", "15001");

        install("--backend", backend, "--redirect-dns");

        for (String server : new String[] {TwoHosts.ROUTER, TwoHosts.ROUTER_6}) {
            // Then mesh names are answered by Envoy, however they are written
            assertThat(dig(server, "A", "catalog.svc.mesh.local")).isEqualTo("240.0.0.1");
            assertThat(dig(server, "A", "Catalog.SVC.Mesh.Local")).isEqualTo("240.0.0.1");
            assertThat(dig(server, "A", "x.mesh")).isEqualTo("240.0.0.1");
            assertThat(dig(server, "A", "a-name.of-many.labels.and-some.length.svc.mesh.local"))
                    .isEqualTo("240.0.0.1");
            // And foreign names by the resolver, whatever is asked
            assertThat(dig(server, "A", "example.org")).isEqualTo("10.0.0.1");
            assertThat(dig(server, "A", "mesh.local.example.org")).isEqualTo("10.0.0.1");
            assertThat(dig(server, "A", "notmesh.local")).isEqualTo("10.0.0.1");
            assertThat(dig(server, "MX", "example.org")).isEqualTo("10 mail.");
            assertThat(dig(server, "TXT", "example.org")).isEqualTo("\"resolver\"");
            assertThat(dig(server, "SRV", "_x._tcp.example.org")).isEqualTo("0 0 443 mail.");
            // And over TCP everything by the resolver
            assertThat(dig(server, "TXT", "example.org", "+tcp")).isEqualTo("\"resolver\"");
        }
    }

    private String dig(String server, String type, String name, String... flags) throws Exception {
        String more = String.join(" ", flags);
        return hosts.on(
                        hosts.app(),
                        "bash",
                        "-c",
                        "dig +short +tries=3 +time=5 %s @%s %s %s".formatted(more, server, type, name))
                .out()
                .strip();
    }

    @ParameterizedTest
    @ValueSource(strings = {"nftables", "iptables-nft", "iptables-legacy"})
    void verifyProvesItAndNoticesWhenItIsGone(String backend) throws Exception {
        TwoHosts.Ended before = hosts.higuma("verify", "--redirect-dns");
        assertThat(before.code()).isEqualTo(1);
        assertThat(before.out())
                .contains("no rules of Higuma are in the packet filter")
                .contains("a connection to port 80 over IPv4 does not go to Envoy's port 15001");

        install("--backend", backend, "--redirect-dns", "--exclude-outbound-ports", "3306");
        TwoHosts.Ended installed = hosts.higuma("verify", "--exclude-outbound-ports", "3306", "-o", "json");
        assertThat(installed.code()).as(installed.all()).isZero();
        assertThat(installed.out())
                .contains("\"ok\" : true", "the rules are in " + backend)
                .contains("a call from another host over IPv6 goes to Envoy")
                .contains("port 3306, which is to be left alone over IPv6, is")
                .contains("questions over IPv6 for names below mesh, mesh.local go to Envoy, others do not");

        // Somebody else's firewall comes first and takes what leaves
        hosts.mustOn(
                hosts.app(),
                "nft",
                "add table ip firewall; add chain ip firewall out { type nat hook output priority"
                        + " -150; }; add rule ip firewall out tcp dport 80 redirect to :1");
        TwoHosts.Ended hidden = hosts.higuma("verify", "--exclude-outbound-ports", "3306");
        assertThat(hidden.code()).as(hidden.all()).isEqualTo(1);
        assertThat(hidden.out()).contains("failed    outbound-ipv4").contains("ok        outbound-ipv6");
    }

    @Test
    void verifyTellsThatASocketKeepsGoingWhereItWentFirst() throws Exception {
        // Given rules without a conntrack zone for questions of the mesh
        install("--redirect-dns", "--skip-dns-conntrack-zone-split");

        // When it is tried, without a word about how they were installed
        TwoHosts.Ended verified = hosts.higuma("verify");

        // Then the socket that asked for a foreign name first gets no name of the mesh, and the way out is named
        assertThat(verified.code()).as(verified.all()).isEqualTo(1);
        assertThat(verified.out())
                .contains("failed    dns-ipv4")
                .contains("or the socket asked for a foreign name first: install without"
                        + " --skip-dns-conntrack-zone-split, or run with --agent");
    }
}
