package io.higuma.dataplane.tproxy;

import io.higuma.dataplane.StopException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Installs and removes. One redirection per network namespace; installing again replaces it.
public final class Redirection {

    private static final Path LOCK = Path.of("/run/lock/higuma-transparent-proxy");
    private static final int NET_ADMIN = 12;
    private static final String OF_KUMA = "KUMA_MESH_";

    private final Tools tools;
    private final ToolOptions options;
    private final LoopbackAddress address;

    public Redirection(Tools tools, ToolOptions options) {
        this.tools = tools;
        this.options = options;
        this.address = new LoopbackAddress(tools);
    }

    /// Puts the rules in place.
    ///
    /// @return the tool that holds them now
    /// @throws StopException in a sentence, with nothing changed
    public String install(TransparentProxyConfig config) {
        mustBeAdministrator();
        return alone(() -> {
            refuseKuma();
            RuleSet rules = rules(config);
            PacketFilter filter = choose(rules);
            boolean makesAddress =
                    rules.families().contains(Family.V6) && config.inbound().enabled();
            boolean ours = !address.isThere() || anyHolds(ChainName.MADE_ADDRESS);
            if (ours && (makesAddress || address.isThere())) {
                rules = rules.with(RuleSet.Table.NAT, ChainName.MADE_ADDRESS);
            }
            boolean fresh = !filter.holdsOurs();
            try {
                if (makesAddress && !address.isThere()) {
                    // The mark before the address, so that a crash leaves what the next run removes; the address
                    // before the rules, because Envoy calls its application from there as soon as they capture.
                    filter.mark(ChainName.MADE_ADDRESS);
                    address.add();
                }
                install(filter, rules);
            } catch (StopException refused) {
                if (fresh && filter.holds(ChainName.MADE_ADDRESS)) {
                    address.remove();
                    filter.remove();
                }
                throw refused;
            }
            filters().stream()
                    .filter(other -> !other.name().equals(filter.name()))
                    .filter(PacketFilter::holdsOurs)
                    .forEach(PacketFilter::remove);
            if (ours && !makesAddress) {
                address.remove();
            }
            return filter.name();
        });
    }

    private static void install(PacketFilter filter, RuleSet rules) {
        try {
            filter.install(rules);
        } catch (StopException refused) {
            List<String> missing = Diagnosis.missing(filter, rules);
            if (missing.isEmpty()) {
                throw refused;
            }
            throw new StopException(
                    StopException.ENVIRONMENT,
                    refused.getMessage() + "\nThis kernel lacks " + String.join(", ", missing)
                            + ": load it with modprobe (in a container: on its host; after an update of the kernel:"
                            + " restart first), or take a kernel that has it");
        }
    }

    /// Takes away everything that is ours.
    ///
    /// @return the tools that held something
    public List<String> uninstall() {
        mustBeAdministrator();
        return alone(() -> {
            List<PacketFilter> holders =
                    filters().stream().filter(PacketFilter::holdsOurs).toList();
            if (holders.stream().anyMatch(filter -> filter.holds(ChainName.MADE_ADDRESS))) {
                // The opposite order
                holders.forEach(PacketFilter::removeAllButMarks);
                address.remove();
            }
            holders.forEach(PacketFilter::remove);
            return holders.stream().map(PacketFilter::name).toList();
        });
    }

    /// The tools that hold rules of ours.
    public List<String> holders() {
        return filters().stream()
                .filter(PacketFilter::holdsOurs)
                .map(PacketFilter::name)
                .toList();
    }

    /// Whether a chain of ours is there; false if this process may not see it.
    public boolean holds(ChainName chain) {
        return isAdministrator() && anyHolds(chain);
    }

    /// What would be installed, as text.
    public String preview(TransparentProxyConfig config) {
        RuleSet rules = rules(config);
        PacketFilter filter = choose(rules);
        return "# " + filter.name() + "\n" + filter.text(rules);
    }

    private RuleSet rules(TransparentProxyConfig config) {
        boolean resolverHere =
                config.dns().all() && ResolvConf.of(config.dns().resolvConf()).isOnThisHost();
        return Rules.of(config.withIpv6(config.ipv6() && LoopbackAddress.hostHasIpv6())
                .withDns(config.dns().withResolverHere(resolverHere)));
    }

    private List<PacketFilter> filters() {
        return Stream.of(
                        NftFilter.find(tools),
                        IptablesFilter.find(tools, IptablesFilter.Make.NFT, options),
                        IptablesFilter.find(tools, IptablesFilter.Make.LEGACY, options))
                .<PacketFilter>flatMap(Optional::stream)
                .toList();
    }

    private boolean anyHolds(ChainName mark) {
        return filters().stream().anyMatch(filter -> filter.holds(mark));
    }

    /// `auto` takes nftables where the kernel takes our rules that way, because there everything is one transaction;
    /// else the make of iptables that others use on this host.
    private PacketFilter choose(RuleSet rules) {
        List<PacketFilter> filters = filters();
        String wanted =
                options.backend().equals("auto") && !options.executables().isEmpty() ? "iptables" : options.backend();
        List<PacketFilter> fitting = filters.stream()
                .filter(filter -> wanted.equals("auto") || filter.name().startsWith(wanted))
                .toList();
        if (fitting.isEmpty()) {
            String found = filters.stream().map(PacketFilter::name).collect(Collectors.joining(", "));
            throw new StopException(
                    StopException.ENVIRONMENT,
                    "no tool for the packet filter is here" + (wanted.equals("auto") ? "" : " for --backend " + wanted)
                            + (found.isEmpty() ? "" : " (found: " + found + ")")
                            + ": install nftables or iptables, on Debian with `apt-get install nftables`");
        }
        if (fitting.size() == 1) {
            return fitting.getFirst();
        }
        PacketFilter first = fitting.getFirst();
        boolean takes = first instanceof NftFilter
                && (!isAdministrator() || first.check(rules).done());
        return takes ? first : usedByOthers(fitting);
    }

    /// iptables over nftables, unless only the old one has rules.
    private static PacketFilter usedByOthers(List<PacketFilter> filters) {
        List<IptablesFilter> makes = filters.stream()
                .filter(IptablesFilter.class::isInstance)
                .map(IptablesFilter.class::cast)
                .toList();
        if (makes.isEmpty()) {
            return filters.getFirst();
        }
        return isAdministrator()
                ? makes.stream()
                        .filter(make -> make.state(Family.V4).holdsRules())
                        .findFirst()
                        .orElse(makes.getFirst())
                : makes.getFirst();
    }

    private void refuseKuma() {
        for (PacketFilter filter : filters()) {
            if (filter instanceof IptablesFilter iptables
                    && Stream.of(Family.values())
                            .anyMatch(family -> iptables.state(family).text().contains(OF_KUMA))) {
                throw new StopException(
                        StopException.REFUSED,
                        filter.name() + " has rules of kumactl (chains " + OF_KUMA
                                + "…), and traffic cannot go to two places: remove them first with"
                                + " `kumactl uninstall transparent-proxy`");
            }
        }
    }

    /// Whether this process may change the packet filter.
    public static boolean isAdministrator() {
        try {
            return Files.readAllLines(Path.of("/proc/self/status")).stream()
                    .filter(line -> line.startsWith("CapEff:"))
                    .map(line -> Long.parseUnsignedLong(line.substring(7).strip(), 16))
                    .anyMatch(capabilities -> (capabilities >> NET_ADMIN & 1) == 1);
        } catch (IOException e) {
            return false;
        }
    }

    private static void mustBeAdministrator() {
        if (!isAdministrator()) {
            throw new StopException(
                    StopException.ENVIRONMENT,
                    "changing the packet filter needs root, or the capability CAP_NET_ADMIN: run this with sudo;"
                            + " --dry-run shows the rules without it");
        }
    }

    /// One at a time on this host: reading what is there and replacing it are two steps.
    private static <T> T alone(Supplier<T> work) {
        try {
            Files.createDirectories(Path.of("/run/lock"));
            try (FileChannel file = FileChannel.open(LOCK, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                    var lock = file.lock()) {
                if (!lock.isValid()) {
                    throw new IOException("the lock is gone");
                }
                return work.get();
            }
        } catch (IOException e) {
            throw new StopException(StopException.ENVIRONMENT, LOCK + " cannot be locked: " + e.getMessage());
        }
    }
}
