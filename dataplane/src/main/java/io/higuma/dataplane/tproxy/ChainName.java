package io.higuma.dataplane.tproxy;

import java.util.Locale;

/// The chains that are ours. Both tools know them by these names, and what bears one of them is ours to remove.
public enum ChainName {
    INBOUND,
    INBOUND_REDIRECT,
    OUTBOUND,
    OUTBOUND_REDIRECT,
    NETWORKS,
    DNS,
    DNS_QUESTION,
    DNS_ANSWER,
    DNS_NETWORKS,
    /// Questions over TCP: only where all questions are captured.
    DNS_STREAM,
    INVALID,
    /// Holds no rule: that it is there says that `::6` on the loopback device is ours to remove.
    MADE_ADDRESS,
    /// Holds no rule: that it is there says that nobody had this table before us.
    MADE_TABLE,
    /// The same of the chain of a table that all packets which leave go through.
    MADE_OUTPUT,
    /// The same of those that come in.
    MADE_PREROUTING;

    static final String PREFIX = "HIGUMA_";

    /// Whether a chain of iptables is one that only says something by being there.
    static boolean isMark(String iptables) {
        return iptables.startsWith(PREFIX + "MADE_");
    }

    String iptables() {
        return PREFIX + name();
    }

    String nft() {
        return name().toLowerCase(Locale.ROOT);
    }
}
