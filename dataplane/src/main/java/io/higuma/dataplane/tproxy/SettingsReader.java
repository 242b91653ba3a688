package io.higuma.dataplane.tproxy;

import io.higuma.dataplane.tproxy.TransparentProxyConfig.Dns;
import io.higuma.dataplane.tproxy.TransparentProxyConfig.Extras;
import io.higuma.dataplane.tproxy.TransparentProxyConfig.Inbound;
import io.higuma.dataplane.tproxy.TransparentProxyConfig.Network;
import io.higuma.dataplane.tproxy.TransparentProxyConfig.Outbound;
import io.higuma.dataplane.tproxy.TransparentProxyConfig.ProxyUser;
import io.higuma.dataplane.tproxy.TransparentProxyConfig.Transport;
import io.higuma.dataplane.tproxy.TransparentProxyConfig.UserException;
import io.higuma.model.Problems;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// From settings as text to the configuration, telling everything that is wrong at once.
public final class SettingsReader {

    private static final int LAST_PORT = 65535;
    private static final long LAST_USER = 4_294_967_294L;
    private static final int LONGEST_DOMAIN = 100;
    private static final int LAST_LEVEL = 7;

    private final Settings settings;
    private final Users users;
    private final Problems problems;

    private SettingsReader(Settings settings, Users users, Problems problems) {
        this.settings = settings;
        this.users = users;
        this.problems = problems;
    }

    /// @param users of this host
    /// @param problems what is wrong; the result is of use only if this stays empty
    public static TransparentProxyConfig read(Settings settings, Users users, Problems problems) {
        return new SettingsReader(settings, users, problems).config();
    }

    private TransparentProxyConfig config() {
        TransparentProxyConfig config =
                new TransparentProxyConfig(user(), ipv6(), inbound(), outbound(), dns(), networks(), extras());
        if (settings.flag(Setting.FIREWALLD, problems)) {
            problems.add(
                    settings.value(Setting.FIREWALLD).source(),
                    "firewalld is told nothing: let a unit run `higuma install transparent-proxy` after it, or use"
                            + " `higuma dp run --transparent-proxy`, which installs at each start");
        }
        differentPorts(config);
        return config;
    }

    private void differentPorts(TransparentProxyConfig config) {
        if (config.inbound().enabled()
                && config.outbound().enabled()
                && config.inbound().port() == config.outbound().port()) {
            problems.add(
                    settings.value(Setting.INBOUND_PORT).source(),
                    "`" + config.inbound().port() + "` is the port for what leaves as well: expected two ports");
        }
    }

    private ProxyUser user() {
        Settings.Value value = settings.value(Setting.USER);
        if (value.text().isEmpty()) {
            return users.usual();
        }
        Optional<ProxyUser> user = users.find(value.text());
        if (user.isEmpty()) {
            problems.add(
                    value.source(), "`" + value.text() + "`: this host has no such user; expected a name or a user id");
        } else if (user.get().uid() == 0) {
            problems.add(
                    value.source(), "root cannot be left alone: everything that runs as root would pass the mesh by");
        }
        return user.orElseGet(users::usual);
    }

    private boolean ipv6() {
        Settings.Value value = settings.value(Setting.FAMILIES);
        String mode = value.text().toLowerCase(Locale.ROOT);
        if (!mode.equals("dualstack") && !mode.equals("ipv4")) {
            problems.add(value.source(), "`" + value.text() + "`: expected dualstack or ipv4");
        }
        return mode.equals("dualstack");
    }

    private Inbound inbound() {
        return new Inbound(
                settings.flag(Setting.INBOUND, problems),
                port(Setting.INBOUND_PORT),
                ports(Setting.INBOUND_ONLY),
                ports(Setting.INBOUND_NOT),
                addresses(Setting.INBOUND_NOT_FROM),
                settings.flag(Setting.INBOUND_FIRST, problems));
    }

    private Outbound outbound() {
        return new Outbound(
                settings.flag(Setting.OUTBOUND, problems),
                port(Setting.OUTBOUND_PORT),
                ports(Setting.OUTBOUND_ONLY),
                ports(Setting.OUTBOUND_NOT),
                addresses(Setting.OUTBOUND_NOT_TO),
                exceptions(),
                settings.flag(Setting.OUTBOUND_FIRST, problems));
    }

    private Dns dns() {
        boolean all = settings.flag(Setting.DNS_ALL, problems);
        boolean enabled = settings.flag(Setting.DNS, problems) || all;
        List<String> domains = new ArrayList<>();
        for (String domain : settings.list(Setting.DNS_DOMAINS)) {
            String plain = domain.toLowerCase(Locale.ROOT).replaceAll("^\\.|\\.$", "");
            if (plain.length() > LONGEST_DOMAIN
                    || !plain.matches("[a-z0-9_][a-z0-9_-]{0,62}(\\.[a-z0-9_][a-z0-9_-]{0,62})*")) {
                problems.add(
                        settings.value(Setting.DNS_DOMAINS).source(),
                        "`" + domain + "`: expected a domain such as mesh.local, of at most " + LONGEST_DOMAIN
                                + " letters");
            } else if (!domains.contains(plain)) {
                domains.add(plain);
            }
        }
        if (enabled && !all && domains.isEmpty()) {
            problems.add(settings.value(Setting.DNS_DOMAINS).source(), "expected a domain, found none");
        }
        return new Dns(
                enabled,
                all,
                port(Setting.DNS_PORT),
                domains,
                !settings.flag(Setting.DNS_NO_ZONES, problems),
                Path.of(settings.value(Setting.RESOLV_CONF).text()),
                false);
    }

    private List<Network> networks() {
        List<Network> networks = new ArrayList<>();
        for (String text : settings.list(Setting.NETWORKS)) {
            int colon = text.indexOf(':');
            String device = colon < 0 ? text : text.substring(0, colon);
            Optional<Cidr> addresses = colon < 0 ? Optional.empty() : Cidr.parse(text.substring(colon + 1));
            if (addresses.isEmpty() || !device.matches("[A-Za-z0-9_.@-]{1,15}\\+?")) {
                problems.add(
                        settings.value(Setting.NETWORKS).source(),
                        "`" + text + "`: expected a device and its network, such as docker0:172.17.0.0/16");
            } else {
                networks.add(new Network(device, addresses.get()));
            }
        }
        return networks;
    }

    private Extras extras() {
        int level = settings.number(Setting.LOG_LEVEL, 0, LAST_LEVEL, problems);
        return new Extras(
                settings.flag(Setting.DROP_INVALID, problems),
                settings.flag(Setting.LOG, problems) ? Math.max(level, 1) : 0,
                !settings.flag(Setting.NO_COMMENTS, problems));
    }

    private int port(Setting setting) {
        return settings.number(setting, 1, LAST_PORT, problems);
    }

    private List<Range> ports(Setting setting) {
        return ranges(settings.list(setting), settings.value(setting));
    }

    private List<Range> ranges(List<String> items, Settings.Value value) {
        List<Range> ranges = new ArrayList<>();
        for (String item : items) {
            Optional<Range> range = Range.parse(item, 1, LAST_PORT);
            range.ifPresent(ranges::add);
            if (range.isEmpty()) {
                problems.add(
                        value.source(),
                        "`" + item + "`: expected a port from 1 to " + LAST_PORT + ", or a range such as 8000-8100");
            }
        }
        return ranges;
    }

    private List<Cidr> addresses(Setting setting) {
        List<Cidr> addresses = new ArrayList<>();
        for (String item : settings.list(setting)) {
            Optional<Cidr> range = Cidr.parse(item);
            range.ifPresent(addresses::add);
            if (range.isEmpty()) {
                problems.add(
                        settings.value(setting).source(),
                        "`" + item + "`: expected an address or a range such as 10.0.0.0/8");
            }
        }
        return addresses;
    }

    private List<UserException> exceptions() {
        List<UserException> exceptions = new ArrayList<>();
        Settings.Value value = settings.value(Setting.OUTBOUND_NOT_USERS);
        for (String item : settings.list(Setting.OUTBOUND_NOT_USERS)) {
            String[] parts = item.split(":", -1);
            String ids = parts[parts.length - 1];
            String ports = parts.length > 1 ? parts[parts.length - 2] : "*";
            String transport = parts.length > 2 ? parts[0].toLowerCase(Locale.ROOT) : "";
            Optional<Range> range = Range.parse(ids, 0, LAST_USER);
            if (parts.length > 3 || range.isEmpty() || !transport.matches("|\\*|tcp|udp")) {
                problems.add(
                        value.source(),
                        "`" + item + "`: expected [[tcp|udp:]ports:]uids, such as tcp:22,8000-8100:1000");
                continue;
            }
            exceptions.add(new UserException(
                    transport.matches("tcp|udp")
                            ? Optional.of(Transport.valueOf(transport.toUpperCase(Locale.ROOT)))
                            : Optional.empty(),
                    ports.equals("*") || ports.isEmpty() ? List.of() : ranges(List.of(ports.split(",", -1)), value),
                    range.get()));
        }
        return exceptions;
    }
}
