package io.higuma.dataplane.tproxy;

import io.higuma.dataplane.tproxy.Rule.Action;
import io.higuma.dataplane.tproxy.Rule.Match;
import io.higuma.dataplane.tproxy.RuleSet.Chain;
import io.higuma.dataplane.tproxy.RuleSet.Entry;
import io.higuma.dataplane.tproxy.RuleSet.Hook;
import io.higuma.dataplane.tproxy.RuleSet.Table;
import io.higuma.dataplane.tproxy.TransparentProxyConfig.Transport;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// From settings to rules. Pure: equal settings give equal rules.
///
/// The way of a connection that an application opens (`U` is Envoy's user):
///
/// ```
///   OUTPUT ─▶ OUTBOUND    exceptions                                ─▶ left alone
///                         Envoy to the application (from 127.0.0.6) ─▶ left alone
///                         Envoy (U) to this host's own address      ─▶ INBOUND_REDIRECT: it calls its own service
///                         others over the loopback device           ─▶ left alone
///                         Envoy (U)                                 ─▶ left alone
///                         everything else                           ─▶ OUTBOUND_REDIRECT
/// ```
public final class Rules {

    private static final int DNS_PORT = 53;
    private static final String LOOPBACK = "lo";
    private static final Match TCP = new Match.Proto(Transport.TCP);

    private final TransparentProxyConfig config;
    private final Set<Family> families;
    private final Match envoy;
    private final List<Chain> chains = new ArrayList<>();
    private final List<Entry> entries = new ArrayList<>();

    private Rules(TransparentProxyConfig config) {
        this.config = config;
        this.families = config.ipv6() ? EnumSet.allOf(Family.class) : EnumSet.of(Family.V4);
        this.envoy = new Match.Owner(Range.of(config.user().uid()), false);
    }

    public static RuleSet of(TransparentProxyConfig config) {
        Rules rules = new Rules(config);
        rules.zones();
        rules.invalid();
        rules.dns();
        rules.inbound();
        rules.outbound();
        rules.networks();
        return new RuleSet(rules.families, rules.chains, rules.entries);
    }

    /// Conntrack remembers for half a minute where a socket's questions went. Questions that Envoy answers are kept
    /// in a zone of their own, so that one socket, or one port used again, may ask for a foreign name and a mesh
    /// name in turn.
    private void zones() {
        if (!config.dns().enabled() || zone() == 0) {
            return;
        }
        Action apart = new Action.Zone(zone());
        chain(Table.RAW, ChainName.DNS_QUESTION, questions(apart, 0));
        chain(Table.RAW, ChainName.DNS_ANSWER, List.of(Rule.of("answers", apart)));
        entry(Table.RAW, Hook.OUTPUT, true, ChainName.DNS_QUESTION, toPorts(Transport.UDP, Range.of(DNS_PORT)));
        entry(
                Table.RAW,
                Hook.OUTPUT,
                true,
                ChainName.DNS_ANSWER,
                new Match.FromPort(Transport.UDP, config.dns().port()));
        List<Rule> networks = new ArrayList<>();
        config.networks().forEach(network -> networks.addAll(questionsFrom(network, apart, 0)));
        if (!networks.isEmpty()) {
            chain(Table.RAW, ChainName.DNS_NETWORKS, networks);
            entry(Table.RAW, Hook.PREROUTING, true, ChainName.DNS_NETWORKS, toPorts(Transport.UDP, Range.of(DNS_PORT)));
        }
    }

    private void invalid() {
        if (config.extras().dropInvalid()) {
            chain(
                    Table.MANGLE,
                    ChainName.INVALID,
                    List.of(Rule.of("belongs to no connection", new Action.Drop(), new Match.Invalid())));
            entry(Table.MANGLE, Hook.PREROUTING, false, ChainName.INVALID, TCP);
        }
    }

    private void dns() {
        if (config.dns().enabled()) {
            chain(
                    Table.NAT,
                    ChainName.DNS,
                    questions(new Action.Redirect(config.dns().port()), zone()));
            entry(Table.NAT, Hook.OUTPUT, true, ChainName.DNS, toPorts(Transport.UDP, Range.of(DNS_PORT)));
        }
        if (config.dns().enabled() && config.dns().all()) {
            chain(Table.NAT, ChainName.DNS_STREAM, streams());
            entry(Table.NAT, Hook.OUTPUT, true, ChainName.DNS_STREAM, toPorts(Transport.TCP, Range.of(DNS_PORT)));
        }
    }

    /// What is asked for cannot be seen when a connection is opened: all of them, or none.
    private List<Rule> streams() {
        Match toDns = toPorts(Transport.TCP, Range.of(DNS_PORT));
        List<Rule> rules = new ArrayList<>();
        rules.add(Rule.of("the agent's own questions", new Action.Return(), toDns, envoy));
        rules.addAll(exceptions(Transport.TCP));
        rules.add(everything(new Action.Redirect(config.dns().port()), toDns));
        return rules;
    }

    /// A resolver on this host asks others in turn; what it asks them must not come back to it.
    private Rule everything(Action action, Match toDns) {
        return config.dns().resolverHere()
                ? Rule.of("all questions on this host", action, toDns, new Match.Device(LOOPBACK, true))
                : Rule.of("all questions", action, toDns);
    }

    /// Rules for questions that are Envoy's to answer.
    private List<Rule> questions(Action action, int zone) {
        Match toDns = toPorts(Transport.UDP, Range.of(DNS_PORT));
        List<Rule> rules = new ArrayList<>();
        rules.add(Rule.of("Envoy's own questions", new Action.Return(), toDns, envoy));
        rules.addAll(exceptions(Transport.UDP));
        if (config.dns().all()) {
            rules.add(everything(action, toDns));
        }
        if (config.dns().all() && !config.dns().resolverHere()) {
            return rules;
        }
        for (String domain : config.dns().domains()) {
            rules.add(Rule.of("names below " + domain, action, toDns, new Match.AsksFor(domain, zone)));
        }
        return rules;
    }

    private int zone() {
        return config.dns().zones() ? config.dns().port() : 0;
    }

    private void inbound() {
        TransparentProxyConfig.Inbound inbound = config.inbound();
        if (!inbound.enabled()) {
            return;
        }
        redirect(ChainName.INBOUND_REDIRECT, inbound.port());
        List<Rule> rules = new ArrayList<>(log("higuma inbound: "));
        inbound.notFrom().stream()
                .filter(this::captured)
                .forEach(from -> rules.add(Rule.of("callers left alone", new Action.Return(), new Match.Source(from))));
        rules.addAll(ports(inbound.only(), inbound.notPorts(), ChainName.INBOUND_REDIRECT));
        chain(Table.NAT, ChainName.INBOUND, rules);
        entry(Table.NAT, Hook.PREROUTING, inbound.first(), ChainName.INBOUND, TCP, new Match.ForThisHost());
    }

    private void outbound() {
        TransparentProxyConfig.Outbound outbound = config.outbound();
        if (!outbound.enabled()) {
            return;
        }
        redirect(ChainName.OUTBOUND_REDIRECT, outbound.port());
        List<Rule> rules = new ArrayList<>(log("higuma outbound: "));
        rules.addAll(exceptions(Transport.TCP));
        outbound.notTo().stream()
                .filter(this::captured)
                .forEach(to -> rules.add(
                        Rule.of("destinations left alone", new Action.Return(), new Match.Destination(to, false))));
        if (config.dns().enabled()) {
            rules.add(Rule.of(
                    "DNS over TCP is the resolver's", new Action.Return(), toPorts(Transport.TCP, Range.of(DNS_PORT))));
        }
        rules.addAll(ofEnvoy());
        rules.addAll(ports(outbound.only(), outbound.notPorts(), ChainName.OUTBOUND_REDIRECT));
        chain(Table.NAT, ChainName.OUTBOUND, rules);
        entry(Table.NAT, Hook.OUTPUT, outbound.first(), ChainName.OUTBOUND, TCP);
    }

    private List<Rule> ofEnvoy() {
        Match overLoopback = new Match.Device(LOOPBACK, true);
        List<Rule> rules = new ArrayList<>();
        for (Family family : families()) {
            rules.add(Rule.of(
                    "Envoy to its application", new Action.Return(), overLoopback, new Match.Source(family.envoy())));
        }
        if (config.inbound().enabled()) {
            for (Family family : families()) {
                rules.add(Rule.of(
                        "Envoy to its own service",
                        new Action.Jump(ChainName.INBOUND_REDIRECT),
                        overLoopback,
                        new Match.Destination(family.loopback(), true),
                        envoy));
            }
        }
        rules.add(Rule.of(
                "within this host",
                new Action.Return(),
                overLoopback,
                new Match.Owner(Range.of(config.user().uid()), true)));
        rules.add(Rule.of("Envoy", new Action.Return(), envoy));
        for (Family family : families()) {
            rules.add(Rule.of("loopback", new Action.Return(), new Match.Destination(family.loopback(), false)));
        }
        return rules;
    }

    /// Containers and virtual machines on this host are applications as well: what they send out is captured where
    /// it comes in.
    private void networks() {
        List<Rule> rules = new ArrayList<>();
        for (TransparentProxyConfig.Network network : config.networks()) {
            if (config.dns().enabled()) {
                rules.addAll(
                        questionsFrom(network, new Action.Redirect(config.dns().port()), zone()));
            }
            if (config.dns().enabled() && config.dns().all() && !config.dns().resolverHere()) {
                rules.add(Rule.of(
                        "all questions",
                        new Action.Redirect(config.dns().port()),
                        device(network),
                        toPorts(Transport.TCP, Range.of(DNS_PORT))));
            }
            if (config.outbound().enabled() && captured(network.addresses())) {
                rules.add(Rule.of(
                        "out of the network",
                        new Action.Redirect(config.outbound().port()),
                        device(network),
                        TCP,
                        new Match.Destination(network.addresses(), true)));
            }
        }
        if (!rules.isEmpty()) {
            chain(Table.NAT, ChainName.NETWORKS, rules);
            entries.add(new Entry(
                    Table.NAT,
                    Hook.PREROUTING,
                    true,
                    Rule.of("networks of this host", new Action.Jump(ChainName.NETWORKS))));
        }
    }

    /// Whose socket a packet left by, and that it is for this host's own device, is known of the host's own only.
    private List<Rule> questionsFrom(TransparentProxyConfig.Network network, Action action, int zone) {
        return questions(action, zone).stream()
                .filter(rule -> rule.matches().stream()
                        .noneMatch(match -> match instanceof Match.Owner || match instanceof Match.Device))
                .map(rule -> with(device(network), rule))
                .toList();
    }

    private static Match device(TransparentProxyConfig.Network network) {
        return new Match.Device(network.device(), false);
    }

    private static Rule with(Match more, Rule rule) {
        List<Match> matches = new ArrayList<>();
        matches.add(more);
        matches.addAll(rule.matches());
        return new Rule(matches, rule.action(), rule.comment());
    }

    private List<Rule> exceptions(Transport transport) {
        List<Rule> rules = new ArrayList<>();
        for (TransparentProxyConfig.UserException exception : config.outbound().notUsers()) {
            Optional<Transport> only = exception.transport();
            if (only.isEmpty() || only.get() == transport) {
                List<Match> matches = new ArrayList<>();
                matches.add(
                        exception.ports().isEmpty()
                                ? new Match.Proto(transport)
                                : new Match.ToPorts(transport, exception.ports()));
                matches.add(new Match.Owner(exception.users(), false));
                rules.add(new Rule(matches, new Action.Return(), "users left alone"));
            }
        }
        return rules;
    }

    private static List<Rule> ports(List<Range> only, List<Range> not, ChainName target) {
        if (!only.isEmpty()) {
            return List.of(
                    Rule.of("only these ports", new Action.Jump(target), new Match.ToPorts(Transport.TCP, only)));
        }
        List<Rule> rules = new ArrayList<>();
        if (!not.isEmpty()) {
            rules.add(Rule.of("ports left alone", new Action.Return(), new Match.ToPorts(Transport.TCP, not)));
        }
        rules.add(Rule.of("to Envoy", new Action.Jump(target), TCP));
        return rules;
    }

    private void redirect(ChainName name, int port) {
        chain(Table.NAT, name, List.of(Rule.of("to Envoy", new Action.Redirect(port), TCP)));
    }

    private List<Rule> log(String prefix) {
        int level = config.extras().logLevel();
        return level == 0 ? List.of() : List.of(Rule.of("", new Action.Log(prefix, level)));
    }

    private static Match toPorts(Transport transport, Range ports) {
        return new Match.ToPorts(transport, List.of(ports));
    }

    private boolean captured(Cidr addresses) {
        return families.contains(addresses.family());
    }

    /// In an order that never changes.
    private List<Family> families() {
        return families.stream().sorted().toList();
    }

    private void chain(Table table, ChainName name, List<Rule> rules) {
        List<Rule> told = config.extras().comments()
                ? rules
                : rules.stream()
                        .map(rule -> new Rule(rule.matches(), rule.action(), ""))
                        .toList();
        chains.add(new Chain(table, name, told));
    }

    private void entry(Table table, Hook hook, boolean first, ChainName to, Match... matches) {
        entries.add(new Entry(table, hook, first, new Rule(List.of(matches), new Action.Jump(to), "")));
    }
}
