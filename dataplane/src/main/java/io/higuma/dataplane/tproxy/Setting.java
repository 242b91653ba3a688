package io.higuma.dataplane.tproxy;

import java.util.Locale;

/// Every setting: its place in a configuration file, its flag and its default. The names are the contract's
/// (`reference/dataplane.md` 7.1); `backend` and `redirect.dns.domains` are ours.
public enum Setting {
    USER("kumaDPUser", "--kuma-dp-user", Kind.TEXT, "", "UID|NAME", "User whose traffic is not captured: Envoy's."),
    FAMILIES("ipFamilyMode", "--ip-family-mode", Kind.TEXT, "dualstack", "MODE", "dualstack or ipv4."),
    BACKEND(
            "backend",
            "--backend",
            Kind.TEXT,
            "auto",
            "TOOL",
            "auto, nftables, iptables (whichever it is), iptables-nft or iptables-legacy."),
    INBOUND("redirect.inbound.enabled", "--redirect-inbound", Kind.FLAG, "true", "", "Capture what comes in."),
    INBOUND_PORT(
            "redirect.inbound.port", "--redirect-inbound-port", Kind.TEXT, "15006", "PORT", "Where Envoy takes it."),
    INBOUND_ONLY("redirect.inbound.includePorts", "", Kind.LIST, "", "PORTS", ""),
    INBOUND_NOT(
            "redirect.inbound.excludePorts",
            "--exclude-inbound-ports",
            Kind.LIST,
            "",
            "PORTS",
            "Ports left alone, such as 22,8000-8100."),
    INBOUND_NOT_FROM(
            "redirect.inbound.excludePortsForIPs",
            "--exclude-inbound-ips",
            Kind.LIST,
            "",
            "CIDRS",
            "Callers left alone."),
    INBOUND_FIRST(
            "redirect.inbound.insertRedirectInsteadOfAppend",
            "--redirect-inbound-insert-instead-of-append",
            Kind.FLAG,
            "false",
            "",
            "Before the rules of others."),
    OUTBOUND("redirect.outbound.enabled", "", Kind.FLAG, "true", "", ""),
    OUTBOUND_PORT(
            "redirect.outbound.port", "--redirect-outbound-port", Kind.TEXT, "15001", "PORT", "Where Envoy takes it."),
    OUTBOUND_ONLY("redirect.outbound.includePorts", "", Kind.LIST, "", "PORTS", ""),
    OUTBOUND_NOT(
            "redirect.outbound.excludePorts", "--exclude-outbound-ports", Kind.LIST, "", "PORTS", "Ports left alone."),
    OUTBOUND_NOT_TO(
            "redirect.outbound.excludePortsForIPs",
            "--exclude-outbound-ips",
            Kind.LIST,
            "",
            "CIDRS",
            "Destinations left alone."),
    OUTBOUND_NOT_USERS(
            "redirect.outbound.excludePortsForUIDs",
            "--exclude-outbound-ports-for-uids",
            Kind.ENTRIES,
            "",
            "[[PROTO:]PORTS:]UIDS",
            "Users left alone, such as tcp:53,3000-5000:106-108; repeatable."),
    OUTBOUND_FIRST(
            "redirect.outbound.insertRedirectInsteadOfAppend",
            "--redirect-outbound-insert-instead-of-append",
            Kind.FLAG,
            "false",
            "",
            "Before the rules of others."),
    DNS(
            "redirect.dns.enabled",
            "--redirect-dns",
            Kind.FLAG,
            "false",
            "",
            "Capture questions for mesh names; all others stay untouched."),
    DNS_ALL(
            "redirect.dns.captureAll",
            "--redirect-all-dns-traffic",
            Kind.FLAG,
            "false",
            "",
            "Capture all questions, over TCP too: for an agent."),
    DNS_PORT("redirect.dns.port", "--redirect-dns-port", Kind.TEXT, "15053", "PORT", "Where they are answered."),
    DNS_DOMAINS(
            "redirect.dns.domains",
            "--redirect-dns-domains",
            Kind.LIST,
            "mesh,mesh.local",
            "DOMAINS",
            "What a mesh name ends with."),
    DNS_NO_ZONES(
            "redirect.dns.skipConntrackZoneSplit",
            "--skip-dns-conntrack-zone-split",
            Kind.FLAG,
            "false",
            "",
            "Do not track captured questions apart."),
    RESOLV_CONF("redirect.dns.resolvConfigPath", "", Kind.TEXT, "/etc/resolv.conf", "FILE", ""),
    NETWORKS(
            "redirect.vnet.networks",
            "--vnet",
            Kind.LIST,
            "",
            "DEVICE:CIDR",
            "Networks of containers whose traffic is captured; repeatable."),
    DROP_INVALID(
            "dropInvalidPackets",
            "--drop-invalid-packets",
            Kind.FLAG,
            "false",
            "",
            "Drop packets of connections that cannot be."),
    LOG("log.enabled", "--iptables-logs", Kind.FLAG, "false", "", "A line in the kernel's log per new connection."),
    LOG_LEVEL("log.level", "", Kind.TEXT, "7", "", ""),
    NO_COMMENTS("comments.disabled", "--disable-comments", Kind.FLAG, "false", "", "Rules without comments."),
    EXECUTABLES(
            "iptablesExecutables",
            "--iptables-executables",
            Kind.LIST,
            "",
            "NAME:PATH,…",
            "Tools that are not where they usually are."),
    WAIT("wait", "--wait", Kind.TEXT, "5", "SECONDS", "How long iptables waits for its lock."),
    WAIT_INTERVAL("waitInterval", "--wait-interval", Kind.TEXT, "0", "SECONDS", "Accepted; current tools need none."),
    RETRIES("retry.maxRetries", "--max-retries", Kind.TEXT, "4", "N", "How often a tool that fails is tried again."),
    RETRY_PAUSE("retry.sleepBetweenRetries", "--sleep-between-retries", Kind.TEXT, "2s", "TIME", "The pause between."),
    FIREWALLD(
            "storeFirewalld",
            "--store-firewalld",
            Kind.FLAG,
            "false",
            "",
            "Not supported; the installation is repeated" + " by `dp run` at each start."),
    DRY_RUN("dryRun", "--dry-run", Kind.FLAG, "false", "", "Print the rules, change nothing."),
    VERBOSE("verbose", "--verbose", Kind.FLAG, "false", "", "Tell which tool is called with what.");

    /// What kind of value it has.
    enum Kind {
        FLAG,
        TEXT,
        LIST(","),
        /// A list whose entries have commas in them.
        ENTRIES(";");

        private final String separator;

        Kind() {
            this("");
        }

        Kind(String separator) {
            this.separator = separator;
        }

        String separator() {
            return separator;
        }
    }

    private final String path;
    private final String flag;
    private final Kind kind;
    private final String fallback;
    private final String label;
    private final String description;

    Setting(String path, String flag, Kind kind, String fallback, String label, String description) {
        this.path = path;
        this.flag = flag;
        this.kind = kind;
        this.fallback = fallback;
        this.label = label;
        this.description = description;
    }

    String path() {
        return path;
    }

    /// Empty if only a file or the environment can give it.
    public String flag() {
        return flag;
    }

    Kind kind() {
        return kind;
    }

    String fallback() {
        return fallback;
    }

    String label() {
        return label;
    }

    String description() {
        return description;
    }

    /// The ending of its variable, after `HIGUMA_` or `KUMA_`.
    String variable() {
        String words = path.replace("kumaDPUser", "kumaDpUser")
                .replace("IPs", "Ips")
                .replace("UIDs", "Uids")
                .replaceAll("([a-z])([A-Z])", "$1_$2")
                .replace('.', '_');
        return "TRANSPARENT_PROXY_" + words.toUpperCase(Locale.ROOT);
    }
}
