package io.higuma.dataplane.agent;

import static org.assertj.core.api.Assertions.assertThat;

import io.higuma.dataplane.sys.ProcessImage.User;
import io.higuma.dataplane.tproxy.Cidr;
import java.net.InetAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// What the launcher tells the agent.
class AgentConfigTest {

    @Test
    void whatIsToldArrives() {
        AgentConfig full = new AgentConfig(
                15053,
                true,
                Path.of("/run/w/kuma-mesh-metric-config.sock"),
                Path.of("/etc/resolv.conf"),
                List.of("mesh", "mesh.local"),
                List.of(Cidr.parse("172.17.0.0/16").orElseThrow()),
                Optional.of(new User(5678, 5679)));
        AgentConfig bare =
                new AgentConfig(1, false, Path.of("/s"), Path.of("/r"), List.of(), List.of(), Optional.empty());

        assertThat(AgentConfig.of(full.arguments().toArray(String[]::new))).isEqualTo(full);
        assertThat(AgentConfig.of(bare.arguments().toArray(String[]::new))).isEqualTo(bare);
    }

    @Test
    void theSocketIsWhereTheContractPutsIt() {
        assertThat(EnvoyNames.socket(Path.of("/run/w"))).isEqualTo(Path.of("/run/w/kuma-mesh-metric-config.sock"));
        assertThat(EnvoyNames.socket(Path.of("/" + "x".repeat(84))).toString())
                .hasSize(98 + ".sock".length())
                .endsWith("/kuma-mesh-met.sock".substring(0, 13) + ".sock");
    }

    @Test
    void onlyThisHostAndItsNetworksMayAsk() {
        Callers callers = new Callers(List.of(
                Cidr.parse("172.17.0.0/16").orElseThrow(),
                Cidr.parse("fd00:17::/33").orElseThrow()));

        assertThat(mayAsk(callers, "127.0.0.1", "192.0.2.1")).isTrue();
        assertThat(mayAsk(callers, "::1", "2001:db8::1")).isTrue();
        assertThat(mayAsk(callers, "172.17.0.1", "172.17.255.255")).isTrue();
        assertThat(mayAsk(callers, "172.17.0.1", "172.18.0.0")).isFalse();
        assertThat(mayAsk(callers, "fd00:17::1", "fd00:17:0:7fff::1")).isTrue();
        assertThat(mayAsk(callers, "fd00:17::1", "fd00:17:8000::1")).isFalse();
        assertThat(mayAsk(callers, "192.0.2.2", "192.0.2.1")).isFalse();
    }

    private static boolean mayAsk(Callers callers, String at, String caller) {
        return callers.mayAsk(InetAddress.ofLiteral(at), InetAddress.ofLiteral(caller));
    }
}
