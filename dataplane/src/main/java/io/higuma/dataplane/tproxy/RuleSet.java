package io.higuma.dataplane.tproxy;

import java.util.List;
import java.util.Set;

/// Everything that is put in place, as a value. Made by [Rules]; told to the kernel in the words of [NftText] or
/// [IptablesText].
///
/// @param families versions of IP that are captured
/// @param chains ours, in an order in which no chain is used before it is there
/// @param entries how packets come to them
public record RuleSet(Set<Family> families, List<Chain> chains, List<Entry> entries) {

    public RuleSet {
        families = Set.copyOf(families);
        chains = List.copyOf(chains);
        entries = List.copyOf(entries);
    }

    /// The tables of the packet filter, in the order in which they see a packet.
    public enum Table {
        RAW,
        MANGLE,
        NAT
    }

    /// Where in its way a packet is.
    public enum Hook {
        PREROUTING,
        OUTPUT
    }

    public record Chain(Table table, ChainName name, List<Rule> rules) {
        public Chain {
            rules = List.copyOf(rules);
        }
    }

    /// A rule of a chain that is not ours, which leads to ours.
    ///
    /// @param first whether it comes before the rules of others, or after them
    public record Entry(Table table, Hook hook, boolean first, Rule rule) {}

    /// The same, with a chain that only says something by being there.
    RuleSet with(Table table, ChainName mark) {
        List<Chain> more = new java.util.ArrayList<>(chains);
        more.add(new Chain(table, mark, List.of()));
        return new RuleSet(families, more, entries);
    }
}
