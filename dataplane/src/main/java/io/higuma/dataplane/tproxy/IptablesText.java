package io.higuma.dataplane.tproxy;

import io.higuma.dataplane.tproxy.Rule.Action;
import io.higuma.dataplane.tproxy.Rule.Match;
import io.higuma.dataplane.tproxy.RuleSet.Chain;
import io.higuma.dataplane.tproxy.RuleSet.Entry;
import io.higuma.dataplane.tproxy.RuleSet.Hook;
import io.higuma.dataplane.tproxy.RuleSet.Table;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/// A rule set in the language of iptables-restore(8), run with `--noflush`: it adds, and what is there of others stays.
/// One text is one table of one version of IP, because that is what the kernel takes in one transaction.
public final class IptablesText {

    /// The extension `multiport` takes so many; a range counts twice.
    private static final int PORTS_AT_ONCE = 15;

    private IptablesText() {}

    /// Whether the rule set has anything to put into this table.
    static boolean uses(RuleSet rules, Table table) {
        return rules.chains().stream().anyMatch(chain -> chain.table() == table);
    }

    /// What puts the rule set in place.
    ///
    /// @param before lines that take away what is there of ours; see [IptablesState]
    public static String of(RuleSet rules, Family family, Table table, List<String> before) {
        List<String> lines = new ArrayList<>();
        lines.add("*" + table.name().toLowerCase(Locale.ROOT));
        lines.addAll(before);
        List<Chain> chains =
                rules.chains().stream().filter(chain -> chain.table() == table).toList();
        for (Chain chain : chains) {
            lines.add(":" + chain.name().iptables() + " - [0:0]");
        }
        for (Chain chain : chains) {
            for (Rule rule : chain.rules()) {
                words(rule, family)
                        .forEach(words -> lines.add("-A " + chain.name().iptables() + words));
            }
        }
        for (Hook hook : Hook.values()) {
            entries(rules, family, table, hook, lines);
        }
        lines.add("COMMIT");
        return String.join("\n", lines) + "\n";
    }

    private static void entries(RuleSet rules, Family family, Table table, Hook hook, List<String> lines) {
        int place = 1;
        for (Entry entry : rules.entries()) {
            if (entry.table() == table && entry.hook() == hook) {
                for (String words : words(entry.rule(), family).toList()) {
                    lines.add((entry.first() ? "-I " + hook + " " + place++ : "-A " + hook) + words);
                }
            }
        }
    }

    /// None if the rule is for the other version of IP; several if the tool cannot say it in one.
    private static Stream<String> words(Rule rule, Family family) {
        if (rule.family().isPresent() && rule.family().get() != family) {
            return Stream.empty();
        }
        List<String> heads = List.of("");
        for (Match match : rule.matches()) {
            List<String> more = words(match);
            heads = heads.stream()
                    .flatMap(head -> more.stream().map(word -> head + " " + word))
                    .toList();
        }
        String comment = rule.comment().isEmpty() ? "" : " -m comment --comment \"higuma: " + rule.comment() + "\"";
        return heads.stream().map(head -> head + comment + " -j " + words(rule.action()));
    }

    /// Alternatives, any of which is enough.
    private static List<String> words(Match match) {
        return switch (match) {
            case Match.Proto proto -> List.of("-p " + lower(proto.transport()));
            case Match.Device device -> List.of((device.leaving() ? "-o " : "-i ") + device.name());
            case Match.Source source -> List.of("-s " + source.addresses().text());
            case Match.Destination to ->
                List.of((to.outside() ? "! " : "") + "-d " + to.addresses().text());
            case Match.ForThisHost here -> List.of("-m addrtype --dst-type LOCAL");
            case Match.ToPorts to -> ports(to);
            case Match.FromPort from -> {
                String transport = lower(from.transport());
                yield List.of("-p " + transport + " -m " + transport + " --sport " + from.port());
            }
            case Match.Owner owner ->
                List.of("-m owner " + (owner.others() ? "! " : "") + "--uid-owner "
                        + owner.users().text("-"));
            case Match.AsksFor asks ->
                List.of("-m string --algo bm --icase --hex-string \"|" + Question.hex(asks.domain()) + "|\"");
            case Match.Invalid invalid -> List.of("-m conntrack --ctstate INVALID");
        };
    }

    private static List<String> ports(Match.ToPorts to) {
        String transport = "-p " + lower(to.transport());
        if (to.ports().size() == 1) {
            return List.of(transport + " -m " + lower(to.transport()) + " --dport "
                    + to.ports().getFirst().text(":"));
        }
        List<String> rules = new ArrayList<>();
        List<String> group = new ArrayList<>();
        int taken = 0;
        for (Range range : to.ports()) {
            int more = range.first() == range.last() ? 1 : 2;
            if (taken + more > PORTS_AT_ONCE) {
                rules.add(transport + " -m multiport --dports " + String.join(",", group));
                group.clear();
                taken = 0;
            }
            group.add(range.text(":"));
            taken += more;
        }
        rules.add(transport + " -m multiport --dports " + String.join(",", group));
        return rules;
    }

    private static String words(Action action) {
        return switch (action) {
            case Action.Return back -> "RETURN";
            case Action.Jump jump -> jump.chain().iptables();
            case Action.Redirect redirect -> "REDIRECT --to-ports " + redirect.port();
            case Action.Zone zone -> "CT --zone " + zone.number();
            case Action.Drop drop -> "DROP";
            case Action.Log log -> "LOG --log-prefix \"" + log.prefix() + "\" --log-level " + log.level();
        };
    }

    private static String lower(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }
}
