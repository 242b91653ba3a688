package io.higuma.dataplane.tproxy;

import io.higuma.dataplane.tproxy.Rule.Action;
import io.higuma.dataplane.tproxy.Rule.Match;
import io.higuma.dataplane.tproxy.RuleSet.Chain;
import io.higuma.dataplane.tproxy.RuleSet.Table;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Finds out which part of a rule set the kernel does not take, by showing it each kind of rule alone, and names the
/// kernel module that the part lives in.
final class Diagnosis {

    private Diagnosis() {}

    /// Modules that are missing, each with what it is for; empty if each kind of rule is taken alone.
    static List<String> missing(PacketFilter filter, RuleSet rules) {
        boolean nft = filter instanceof NftFilter;
        Map<String, RuleSet> parts = new LinkedHashMap<>();
        for (Chain chain : rules.chains()) {
            parts.putIfAbsent(table(chain.table(), nft), only(rules, chain.table(), List.of()));
            for (Rule rule : chain.rules()) {
                for (Match match : rule.matches()) {
                    Rule alone = new Rule(List.of(match), new Action.Return(), "");
                    parts.putIfAbsent(module(match, nft), only(rules, chain.table(), List.of(alone)));
                }
                List<Match> needed = rule.action() instanceof Action.Redirect
                        ? List.of(new Match.Proto(TransparentProxyConfig.Transport.TCP))
                        : List.of();
                if (!(rule.action() instanceof Action.Jump)) {
                    Rule alone = new Rule(needed, rule.action(), "");
                    parts.putIfAbsent(module(rule.action(), nft), only(rules, chain.table(), List.of(alone)));
                }
            }
        }
        List<String> missing = new ArrayList<>();
        parts.forEach((module, part) -> {
            if (!filter.check(part).done()) {
                missing.add(module);
            }
        });
        return missing;
    }

    private static RuleSet only(RuleSet rules, Table table, List<Rule> alone) {
        return new RuleSet(rules.families(), List.of(new Chain(table, ChainName.OUTBOUND, alone)), List.of());
    }

    private static String table(Table table, boolean nft) {
        return nft
                ? "nf_tables with nf_tables_inet (Linux 5.2 or newer)"
                : switch (table) {
                    case RAW -> "iptable_raw and ip6table_raw (the table `raw`)";
                    case MANGLE -> "iptable_mangle and ip6table_mangle (the table `mangle`)";
                    case NAT -> "iptable_nat and ip6table_nat (the table `nat`)";
                };
    }

    private static String module(Match match, boolean nft) {
        return switch (match) {
            case Match.Owner owner -> nft ? "nft_meta (the user of a socket)" : "xt_owner (the user of a socket)";
            case Match.AsksFor asks -> nft ? "nft_payload (bytes of a question)" : "xt_string (bytes of a question)";
            case Match.ForThisHost here ->
                nft ? "nft_fib_inet (addresses of this host)" : "xt_addrtype (addresses of this host)";
            case Match.Invalid invalid -> nft ? "nft_ct (connections)" : "xt_conntrack (connections)";
            case Match.ToPorts ports when ports.ports().size() > 1 && !nft -> "xt_multiport (several ports)";
            default -> nft ? "nf_tables" : "x_tables with xt_tcpudp";
        };
    }

    private static String module(Action action, boolean nft) {
        return switch (action) {
            case Action.Redirect redirect -> nft ? "nft_redir (redirection)" : "xt_REDIRECT (redirection)";
            case Action.Zone zone -> nft ? "nft_ct with zones (questions apart)" : "xt_CT (questions apart)";
            case Action.Log log -> nft ? "nft_log (log lines)" : "xt_LOG (log lines)";
            default -> nft ? "nf_tables" : "x_tables";
        };
    }
}
