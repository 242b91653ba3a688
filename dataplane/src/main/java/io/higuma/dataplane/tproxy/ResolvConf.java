package io.higuma.dataplane.tproxy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// The host's resolvers, by resolv.conf(5).
///
/// @param servers in the order in which they are asked, never empty
/// @param timeout for an answer of all of them
public record ResolvConf(List<InetAddress> servers, Duration timeout) {

    /// As many as the C library reads.
    private static final int MOST_SERVERS = 3;
    private static final int USUAL_SECONDS = 5;
    private static final int MOST_SECONDS = 30;

    public ResolvConf {
        servers = List.copyOf(servers);
    }

    /// What it does not know it skips, as the C library does. Without a server it is this host.
    static ResolvConf read(String text) {
        List<InetAddress> servers = new ArrayList<>();
        int seconds = USUAL_SECONDS;
        for (String line : text.lines().toList()) {
            String[] words = line.strip().split("\\s+");
            if (words[0].equals("nameserver") && words.length > 1 && servers.size() < MOST_SERVERS) {
                address(words[1]).ifPresent(servers::add);
            } else if (words[0].equals("options")) {
                for (String option : words) {
                    if (option.matches("timeout:[0-9]{1,3}")) {
                        int given = Integer.parseInt(option.substring(option.indexOf(':') + 1));
                        seconds = Math.clamp(given, 1, MOST_SECONDS);
                    }
                }
            }
        }
        return new ResolvConf(
                servers.isEmpty() ? List.of(InetAddress.ofLiteral("127.0.0.1")) : servers, Duration.ofSeconds(seconds));
    }

    private static Optional<InetAddress> address(String text) {
        try {
            return Optional.of(InetAddress.ofLiteral(text));
        } catch (IllegalArgumentException noAddress) {
            return Optional.empty();
        }
    }

    /// A file that is not there counts as empty, as for the C library.
    public static ResolvConf of(Path file) {
        try {
            return read(Files.readString(file));
        } catch (IOException absent) {
            return read("");
        }
    }

    /// Whether a resolver runs on this host itself, such as systemd-resolved: its own questions must get out.
    public boolean isOnThisHost() {
        return servers.stream().anyMatch(server -> {
            try {
                return server.isLoopbackAddress()
                        || server.isAnyLocalAddress()
                        || NetworkInterface.getByInetAddress(server) != null;
            } catch (IOException unknown) {
                return false;
            }
        });
    }
}
