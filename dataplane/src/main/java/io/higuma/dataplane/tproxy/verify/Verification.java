package io.higuma.dataplane.tproxy.verify;

import io.higuma.dataplane.tproxy.Family;
import io.higuma.dataplane.tproxy.Range;
import io.higuma.dataplane.tproxy.Tools;
import io.higuma.dataplane.tproxy.TransparentProxyConfig;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/// Tries out what the configuration promises.
public final class Verification {

    private static final int ROOT = 0;
    private static final int NOBODY = 65534;
    private static final int DNS_PORT = 53;

    private final TransparentProxyConfig config;
    private final Tools tools;
    private final int self;
    private final List<Check> checks = new ArrayList<>();

    private Verification(TransparentProxyConfig config, Tools tools, int self) {
        this.config = config;
        this.tools = tools;
        this.self = self;
    }

    /// @param holders tools whose rules are there; null-free and empty if this process may not see them
    /// @param self user id of this process
    public static List<Check> run(TransparentProxyConfig config, Tools tools, List<String> holders, int self)
            throws IOException {
        Verification verification = new Verification(config, tools, self);
        try (Standins standins = new Standins()) {
            verification.rules(holders);
            verification.listeners(standins);
            for (Family family : verification.families()) {
                verification.outbound(family);
                verification.envoy(family);
                verification.inbound(family);
                verification.checks.addAll(new DnsChecks(config, verification.application(), family, standins).run());
            }
        }
        return verification.checks;
    }

    private List<Family> families() {
        return config.ipv6() && Files.exists(Path.of("/proc/self/net/if_inet6"))
                ? List.of(Family.values())
                : List.of(Family.V4);
    }

    private void rules(List<String> holders) {
        if (self != ROOT) {
            checks.add(Check.skipped("rules", "only root can see the rules; the connections below tell as well"));
        } else if (holders.isEmpty()) {
            checks.add(Check.failed(
                    "rules", "no rules of Higuma are in the packet filter: run `higuma install transparent-proxy`"));
        } else if (holders.size() > 1) {
            checks.add(Check.failed(
                    "rules",
                    "rules are in " + String.join(" and ", holders)
                            + ": run `higuma install transparent-proxy` again, it leaves one of them"));
        } else {
            checks.add(Check.ok("rules", "the rules are in " + holders.getFirst()));
        }
    }

    private void listeners(Standins standins) throws IOException {
        if (config.outbound().enabled()) {
            standins.accept(config.outbound().port());
        }
        if (config.inbound().enabled()) {
            standins.accept(config.inbound().port());
        }
        if (config.dns().enabled()) {
            standins.answer(config.dns().port(), List.of("127.0.0.1", "::1"));
            if (config.dns().all() && standins.answers()) {
                standins.accept(config.dns().port());
            }
        }
        List<String> empty = standins.ports().stream().map(String::valueOf).toList();
        checks.add(
                empty.isEmpty()
                        ? Check.ok("envoy", "Envoy's ports are listened on")
                        : Check.skipped(
                                "envoy",
                                "nobody listens on " + String.join(", ", empty)
                                        + ": Envoy does not run or does not have its configuration yet; this"
                                        + " command listened there itself"));
    }

    private void outbound(Family family) throws IOException {
        TransparentProxyConfig.Outbound outbound = config.outbound();
        String name = "outbound-" + name(family);
        if (!outbound.enabled()) {
            checks.add(Check.skipped(name, "what leaves this host is not to be captured"));
            return;
        }
        int port = port(outbound.only(), outbound.notPorts());
        Probe.Fate fate = Probe.connect(nobodys(family, port), application(), outbound.port());
        checks.add(
                switch (fate) {
                    case CAPTURED ->
                        Check.ok(name, "a connection that leaves this host over " + words(family) + " goes to Envoy");
                    case NO_ROUTE ->
                        Check.skipped(name, "this host has no way out over " + words(family) + ", nothing to capture");
                    case LEFT_ALONE ->
                        Check.failed(
                                name,
                                "a connection to port " + port + " over " + words(family)
                                        + " does not go to Envoy's port " + outbound.port()
                                        + ": the rules are missing, or rules of others come before them");
                });
        Optional<Range> exception =
                outbound.only().isEmpty() ? outbound.notPorts().stream().findFirst() : Optional.empty();
        if (exception.isPresent() && fate == Probe.Fate.CAPTURED) {
            int open = (int) exception.get().first();
            boolean alone =
                    Probe.connect(nobodys(family, open), application(), outbound.port()) == Probe.Fate.LEFT_ALONE;
            String text = "port " + open + ", which is to be left alone over " + words(family);
            checks.add(
                    alone
                            ? Check.ok(name + "-exception", text + ", is")
                            : Check.failed(name + "-exception", text + ", is captured: install again"));
        }
    }

    /// Envoy's own connections must get out, or they would come back to it for ever.
    private void envoy(Family family) throws IOException {
        String name = "envoy-user-" + name(family);
        int user = config.user().uid();
        if (!config.outbound().enabled()) {
            return;
        }
        if (self != ROOT && self != user) {
            checks.add(Check.skipped(name, "only root can try a connection of user " + user));
            return;
        }
        int port = port(config.outbound().only(), config.outbound().notPorts());
        Probe.Fate fate = Probe.connect(
                nobodys(family, port),
                self == user ? Optional.empty() : Optional.of(user),
                config.outbound().port());
        checks.add(
                switch (fate) {
                    case CAPTURED ->
                        Check.failed(
                                name,
                                "a connection of user " + user + " over " + words(family)
                                        + " is captured, so Envoy's own would come back to it: install with"
                                        + " --kuma-dp-user of the user that Envoy runs as");
                    case NO_ROUTE -> Check.skipped(name, "this host has no way out over " + words(family));
                    case LEFT_ALONE ->
                        Check.ok(name, "a connection of Envoy's user " + user + " over " + words(family) + " gets out");
                });
    }

    private void inbound(Family family) {
        String name = "inbound-" + name(family);
        TransparentProxyConfig.Inbound inbound = config.inbound();
        if (!inbound.enabled()) {
            checks.add(Check.skipped(name, "what comes to this host is not to be captured"));
            return;
        }
        Optional<Path> ip = tools.find("ip");
        if (self != ROOT || ip.isEmpty()) {
            checks.add(Check.skipped(
                    name,
                    self == ROOT
                            ? "a neighbour to call from needs ip(8): install iproute2"
                            : "only root can make a neighbour to call from"));
            return;
        }
        int port = port(inbound.only(), inbound.notPorts());
        try {
            Probe.Fate fate = new Neighbour(tools, ip.get().toString()).call(family == Family.V6, port, inbound.port());
            checks.add(
                    fate == Probe.Fate.CAPTURED
                            ? Check.ok(name, "a call from another host over " + words(family) + " goes to Envoy")
                            : Check.failed(
                                    name,
                                    "a call from another host to port " + port + " over " + words(family)
                                            + " does not go to Envoy's port " + inbound.port()
                                            + ": the rules are missing, or a firewall refuses the call first"));
        } catch (IOException e) {
            checks.add(Check.skipped(name, "no neighbour could be made to call from: " + e.getMessage()));
        }
    }

    /// The user that an application stands in for.
    private Optional<Integer> application() {
        return self == ROOT ? Optional.of(config.user().uid() == NOBODY ? NOBODY - 1 : NOBODY) : Optional.empty();
    }

    /// An address that belongs to nobody.
    static InetSocketAddress nobodys(Family family, int port) {
        return new InetSocketAddress(family == Family.V4 ? "192.0.2.1" : "2001:db8::1", port);
    }

    /// A port that is to be captured.
    private static int port(List<Range> only, List<Range> not) {
        if (!only.isEmpty()) {
            return (int) only.getFirst().first();
        }
        return IntStream.concat(IntStream.of(80), IntStream.rangeClosed(1024, 65535))
                .filter(port -> port != DNS_PORT
                        && not.stream().noneMatch(range -> range.first() <= port && port <= range.last()))
                .findFirst()
                .orElse(80);
    }

    static String name(Family family) {
        return family == Family.V4 ? "ipv4" : "ipv6";
    }

    static String words(Family family) {
        return family == Family.V4 ? "IPv4" : "IPv6";
    }
}
