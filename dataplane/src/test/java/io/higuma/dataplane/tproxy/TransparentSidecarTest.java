package io.higuma.dataplane.tproxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.higuma.testkit.net.TwoHosts;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// `dp run --transparent-proxy` with the real Envoy, which passes on what it gets.
class TransparentSidecarTest {

    private static final int APPLICATION = 1000;

    @TempDir
    private Path folder;

    private LauncherHosts hosts;
    private Path work;

    @BeforeEach
    void makeTwoHostsAndAControlPlane() throws IOException, InterruptedException {
        assumeTrue(TwoHosts.missing().isEmpty(), TwoHosts.missing());
        hosts = new LauncherHosts(folder);
        // Envoy's user must be able to enter the folder
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
        work = folder.resolve("w");
        Files.writeString(folder.resolve("bootstrap.yaml"), """
                node: {id: default.web-1, cluster: web}
                admin: {address: {pipe: {path: %s/admin.sock, mode: 384}}}
                static_resources:
                  listeners:
                  - name: names
                    address: {pipe: {path: %s/kuma-mesh-metric-config.sock}}
                    filter_chains:
                    - filters:
                      - name: http
                        typed_config:
                          "@type": type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager
                          stat_prefix: names
                          http_filters:
                          - name: router
                            typed_config: {"@type": type.googleapis.com/envoy.extensions.filters.http.router.v3.Router}
                          route_config:
                            virtual_hosts:
                            - name: names
                              domains: ["*"]
                              routes:
                              - match: {path: /dns}
                                direct_response:
                                  status: 200
                                  body: {inline_string: '{"records":[{"name":"a.mesh","ips":["241.0.0.1"]}]}'}
                  - name: outbound
                    address: {socket_address: {address: "::", ipv4_compat: true, port_value: 15001}}
                    use_original_dst: true
                    filter_chains:
                    - filters:
                      - name: tcp
                        typed_config:
                          "@type": type.googleapis.com/envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy
                          stat_prefix: passthrough
                          cluster: passthrough
                  clusters:
                  - {name: passthrough, type: ORIGINAL_DST, lb_policy: CLUSTER_PROVIDED, connect_timeout: 5s}
                """.formatted(work, work));
        hosts.serve(
                hosts.other(),
                "controlplane.py",
                TwoHosts.OTHER,
                "5678",
                folder.resolve("bootstrap.yaml").toString(),
                folder.resolve("asked.json").toString());
        hosts.serve(hosts.other(), "echo.py", "80");
    }

    @AfterEach
    void removeThem() throws IOException, InterruptedException {
        if (hosts != null) {
            hosts.close();
        }
    }

    @Test
    void theSidecarRunsAsTheUserThatIsLeftAloneAndStartsAgainBehindItsOwnRules() throws Exception {
        // When a sidecar is started by root
        Process sidecar = launch();

        // Then Envoy runs as the user whose traffic is left alone, without any capability
        await(
                "Envoy runs",
                () -> status(sidecar, "Name").equals("envoy")
                        || status(sidecar, "Uid").startsWith("5678"));
        await("what the application opens arrives", () -> answer().startsWith("port 80 for itself"));
        assertThat(status(sidecar, "Uid")).isEqualTo("5678\t5678\t5678\t5678");
        assertThat(status(sidecar, "Gid")).isEqualTo("5678\t5678\t5678\t5678");
        assertThat(status(sidecar, "CapEff")).isEqualTo("0000000000000000");
        // And the application's connections go through it
        assertThat(passed()).isPositive();
        // And the control plane was told
        assertThat(Files.readString(folder.resolve("asked.json")))
                .contains("\"feature-transparent-proxy-in-dataplane-metadata\"")
                .contains("\"dataplaneConfig\":{\"ipFamilyMode\":\"dualstack\",\"redirect\":{"
                        + "\"inbound\":{\"enabled\":true,\"port\":15006},\"outbound\":{\"enabled\":true,\"port\":15001},"
                        + "\"dns\":{\"enabled\":true,\"port\":15053},\"vnet\":{\"networks\":[]}}}")
                .contains("\"dnsPort\":15053");

        // When Envoy dies
        sidecar.destroyForcibly().waitFor();
        // Then nothing leaves in the clear
        assertThat(answer()).isEmpty();
        // And the next start reaches the control plane, though everything is captured
        launch();
        await("the application's connections arrive again", () -> answer().startsWith("port 80 for itself"));
    }

    @Test
    void anAgentAnswersEveryQuestionComesBackWhenItDiesAndEndsWithEnvoy() throws Exception {
        // Given the host's resolver on the router
        hosts.serve(hosts.router(), "names.py", "resolver", "10.0.0.1", "53", TwoHosts.ROUTER);
        hosts.file(hosts.app(), "resolv.conf", "nameserver " + TwoHosts.ROUTER + "\n");

        // When a sidecar is started with an agent
        Process sidecar = launch("--agent");

        // Then questions for any name are answered, over UDP and over TCP
        await("a mesh name is found", () -> dig("A", "a.mesh").equals("241.0.0.1"));
        assertThat(dig("+tcp", "A", "A.Mesh")).isEqualTo("241.0.0.1");
        assertThat(dig("MX", "example.org")).isEqualTo("10 mail.");
        assertThat(dig("+tcp", "TXT", "example.org")).isEqualTo("\"resolver\"");
        assertThat(dig("CH", "TXT", "id.server")).isEqualTo("\"higuma agent\"");
        assertThat(Files.readString(folder.resolve("asked.json"))).doesNotContain("feature-no-agent");
        // And it is proved
        TwoHosts.Ended verified = hosts.higuma("verify");
        assertThat(verified.out())
                .contains("ok        dns-ipv4                 all questions over IPv4 go to the agent")
                .contains("ok        dns-tcp-ipv4", "ok        dns-ipv6", "ok        dns-tcp-ipv6");
        // And the agent may as little as Envoy
        ProcessHandle agent = agent(sidecar);
        assertThat(status(agent, "Uid")).isEqualTo("5678\t5678\t5678\t5678");
        assertThat(status(agent, "Gid")).isEqualTo("5678\t5678\t5678\t5678");
        assertThat(status(agent, "CapEff")).isEqualTo("0000000000000000");
        assertThat(status(sidecar.toHandle(), "Uid")).isEqualTo("5678\t5678\t5678\t5678");

        // When it dies
        agent.destroyForcibly();
        agent.onExit().join();
        // Then the application's connections go on, and another one answers
        assertThat(answer()).startsWith("port 80 for itself");
        await("names are found again", () -> dig("A", "a.mesh").equals("241.0.0.1"));
        assertThat(sidecar.isAlive()).isTrue();

        // When Envoy dies
        List<ProcessHandle> beside = sidecar.descendants().toList();
        assertThat(beside).hasSizeGreaterThanOrEqualTo(2);
        sidecar.destroyForcibly().waitFor();
        // Then nothing of the agent is left
        await("the agent ends", () -> beside.stream().noneMatch(ProcessHandle::isAlive));
    }

    @Test
    void anAgentThatCannotListenSaysSoAndNothingIsCaptured() throws Exception {
        hosts.serve(hosts.app(), "names.py", "somebody", "10.0.0.9", "15053", "127.0.0.1");
        String before = hosts.filter();

        Process sidecar = launch("--agent");

        assertThat(sidecar.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(sidecar.exitValue()).isEqualTo(3);
        assertThat(Files.readString(folder.resolve("server.log")))
                .contains("the agent for DNS cannot start: port 15053 cannot be had");
        assertThat(hosts.filter()).isEqualTo(before);
    }

    /// The agent: what the shell beside Envoy has started.
    private static ProcessHandle agent(Process sidecar) {
        return sidecar.toHandle()
                .children()
                .flatMap(ProcessHandle::children)
                .findFirst()
                .orElseThrow();
    }

    private String dig(String... question) throws IOException, InterruptedException {
        return hosts.on(
                        hosts.app(),
                        "setpriv",
                        "--reuid=" + APPLICATION,
                        "--clear-groups",
                        "bash",
                        "-c",
                        "dig +short +tries=2 +time=3 " + String.join(" ", question))
                .out()
                .strip();
    }

    @Test
    void whoeverEnvoysUserIsMustBeAbleToEnterTheFolder() throws Exception {
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx------"));

        Process sidecar = launch();

        assertThat(sidecar.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(sidecar.exitValue()).isEqualTo(2);
        assertThat(Files.readString(folder.resolve("server.log")))
                .contains("Envoy will run as user 5678, which cannot enter " + folder);
    }

    private Process launch(String... flags) throws IOException {
        List<String> command = new ArrayList<>(LauncherHosts.java(
                "run",
                "--transparent-proxy",
                "--cp-address",
                "http://" + TwoHosts.OTHER + ":5678",
                "--dataplane",
                "{type: Dataplane, name: web-1, networking: {address: " + TwoHosts.APP + "}}",
                "--envoy",
                envoy(),
                "--work-dir",
                work.toString(),
                "--concurrency",
                "1"));
        command.addAll(List.of(flags));
        return hosts.start(TwoHosts.inside(hosts.app(), command));
    }

    private static String envoy() throws IOException {
        Process path = new ProcessBuilder(System.getProperty("higuma.root") + "/tools/envoy-path").start();
        return new String(path.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
    }

    private String answer() throws IOException, InterruptedException {
        return hosts.callAs(APPLICATION, TwoHosts.OTHER, 80);
    }

    /// How many connections Envoy passed on.
    private long passed() throws IOException, InterruptedException {
        String stats = hosts.mustOn(
                hosts.app(),
                "curl",
                "-s",
                "--unix-socket",
                work.resolve("admin.sock").toString(),
                "http://envoy/stats?filter=tcp.passthrough.downstream_cx_total");
        return Long.parseLong(stats.substring(stats.indexOf(':') + 1).strip());
    }

    private static String status(Process process, String key) throws IOException {
        return status(process.toHandle(), key);
    }

    private static String status(ProcessHandle process, String key) throws IOException {
        return Files.readAllLines(Path.of("/proc/" + process.pid() + "/status")).stream()
                .filter(line -> line.startsWith(key + ":"))
                .map(line -> line.substring(key.length() + 1).strip())
                .findFirst()
                .orElse("");
    }

    private void await(String promise, Callable<Boolean> condition) throws Exception {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        while (!condition.call()) {
            Path log = folder.resolve("server.log");
            assertThat(System.nanoTime())
                    .as("%s; %s", promise, Files.exists(log) ? Files.readString(log) : "")
                    .isLessThan(end);
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
        }
    }
}
