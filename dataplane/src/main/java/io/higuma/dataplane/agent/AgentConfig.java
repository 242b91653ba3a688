package io.higuma.dataplane.agent;

import io.higuma.dataplane.sys.ProcessImage.User;
import io.higuma.dataplane.tproxy.Cidr;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// What the launcher tells its agent, on the agent's command line.
///
/// @param port where it answers; 0 for any
/// @param ipv6 whether questions over IPv6 are captured as well
/// @param envoy the Unix socket where Envoy tells the names
/// @param resolvConf where the host's resolvers stand
/// @param domains of the mesh
/// @param networks beside this host that may ask
/// @param user whom it becomes once it listens; empty: it stays who it is
record AgentConfig(
        int port,
        boolean ipv6,
        Path envoy,
        Path resolvConf,
        List<String> domains,
        List<Cidr> networks,
        Optional<User> user) {

    AgentConfig {
        domains = List.copyOf(domains);
        networks = List.copyOf(networks);
    }

    List<String> arguments() {
        return List.of(
                String.valueOf(port),
                String.valueOf(ipv6),
                envoy.toString(),
                resolvConf.toString(),
                String.join(",", domains),
                String.join(",", networks.stream().map(Cidr::text).toList()),
                user.map(who -> who.uid() + ":" + who.gid()).orElse(""));
    }

    static AgentConfig of(String... arguments) {
        String[] user = arguments[6].split(":", -1);
        return new AgentConfig(
                Integer.parseInt(arguments[0]),
                Boolean.parseBoolean(arguments[1]),
                Path.of(arguments[2]),
                Path.of(arguments[3]),
                list(arguments[4]).toList(),
                list(arguments[5]).flatMap(text -> Cidr.parse(text).stream()).toList(),
                user.length == 2
                        ? Optional.of(new User(Integer.parseInt(user[0]), Integer.parseInt(user[1])))
                        : Optional.empty());
    }

    private static Stream<String> list(String text) {
        return Arrays.stream(text.split(",", -1)).filter(item -> !item.isEmpty());
    }
}
