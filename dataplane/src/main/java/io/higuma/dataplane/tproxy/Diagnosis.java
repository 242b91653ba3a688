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
        Tongue tongue = Tongue.of(filter);
        Map<String, RuleSet> parts = new LinkedHashMap<>();
        for (Chain chain : rules.chains()) {
            parts.putIfAbsent(table(chain.table(), tongue), only(rules, chain.table(), List.of()));
            for (Rule rule : chain.rules()) {
                for (Match match : rule.matches()) {
                    Rule alone = new Rule(List.of(match), new Action.Return(), "");
                    parts.putIfAbsent(module(match, tongue), only(rules, chain.table(), List.of(alone)));
                }
                List<Match> needed = rule.action() instanceof Action.Redirect
                        ? List.of(new Match.Proto(TransparentProxyConfig.Transport.TCP))
                        : List.of();
                if (!(rule.action() instanceof Action.Jump)) {
                    Rule alone = new Rule(needed, rule.action(), "");
                    parts.putIfAbsent(module(rule.action(), tongue), only(rules, chain.table(), List.of(alone)));
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

    /// In which form a tool hands rules to the kernel.
    private enum Tongue {
        NFT,
        IPTABLES_NFT,
        IPTABLES_LEGACY;

        static Tongue of(PacketFilter filter) {
            return switch (filter) {
                case IptablesFilter iptables ->
                    iptables.make() == IptablesFilter.Make.NFT ? IPTABLES_NFT : IPTABLES_LEGACY;
                default -> NFT;
            };
        }

        /// @param own the module of nftables
        /// @param extension that of iptables, which either make uses
        String module(String own, String extension) {
            return switch (this) {
                case NFT -> own;
                case IPTABLES_NFT -> extension + " with nft_compat";
                case IPTABLES_LEGACY -> extension;
            };
        }
    }

    private static String table(Table table, Tongue tongue) {
        return switch (tongue) {
            case NFT -> "nf_tables with nf_tables_inet (Linux 5.2 or newer)";
            case IPTABLES_NFT -> "nf_tables";
            case IPTABLES_LEGACY ->
                switch (table) {
                    case RAW -> "iptable_raw and ip6table_raw (the table `raw`)";
                    case MANGLE -> "iptable_mangle and ip6table_mangle (the table `mangle`)";
                    case NAT -> "iptable_nat and ip6table_nat (the table `nat`)";
                };
        };
    }

    private static String module(Match match, Tongue tongue) {
        return switch (match) {
            case Match.Owner owner -> tongue.module("nft_meta", "xt_owner") + " (the user of a socket)";
            case Match.AsksFor asks -> tongue.module("nft_payload", "xt_string") + " (bytes of a question)";
            case Match.ForThisHost here -> tongue.module("nft_fib_inet", "xt_addrtype") + " (addresses of this host)";
            case Match.Invalid invalid -> tongue.module("nft_ct", "xt_conntrack") + " (connections)";
            case Match.ToPorts ports
            when ports.ports().size() > 1 && tongue != Tongue.NFT ->
                tongue.module("", "xt_multiport") + " (several ports)";
            default -> tongue.module("nf_tables", "x_tables with xt_tcpudp");
        };
    }

    private static String module(Action action, Tongue tongue) {
        return switch (action) {
            case Action.Redirect redirect -> tongue.module("nft_redir", "xt_REDIRECT") + " (redirection)";
            case Action.Zone zone -> tongue.module("nft_ct with zones", "xt_CT") + " (questions apart)";
            case Action.Log log -> tongue.module("nft_log", "xt_LOG") + " (log lines)";
            default -> tongue.module("nf_tables", "x_tables");
        };
    }
}
