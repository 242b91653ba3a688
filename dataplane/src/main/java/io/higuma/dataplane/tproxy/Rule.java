package io.higuma.dataplane.tproxy;

import io.higuma.dataplane.tproxy.TransparentProxyConfig.Transport;
import java.util.List;
import java.util.Optional;

/// One rule: what a packet must be like, and what becomes of it then.
///
/// @param matches all of them must hold
/// @param action what follows
/// @param comment why, for whoever lists the rules
public record Rule(List<Match> matches, Action action, String comment) {

    public Rule {
        matches = List.copyOf(matches);
    }

    static Rule of(String comment, Action action, Match... matches) {
        return new Rule(List.of(matches), action, comment);
    }

    /// The one version of IP that it can hold for; empty for any.
    Optional<Family> family() {
        return matches.stream().flatMap(match -> match.family().stream()).findFirst();
    }

    /// A property of a packet.
    public sealed interface Match {

        default Optional<Family> family() {
            return Optional.empty();
        }

        record Proto(Transport transport) implements Match {}

        /// The device it came in by, or leaves by.
        record Device(String name, boolean leaving) implements Match {}

        record Source(Cidr addresses) implements Match {
            @Override
            public Optional<Family> family() {
                return Optional.of(addresses.family());
            }
        }

        record Destination(Cidr addresses, boolean outside) implements Match {
            @Override
            public Optional<Family> family() {
                return Optional.of(addresses.family());
            }
        }

        /// It is meant for this host, not for one behind it.
        record ForThisHost() implements Match {}

        record ToPorts(Transport transport, List<Range> ports) implements Match {
            public ToPorts {
                ports = List.copyOf(ports);
            }
        }

        record FromPort(Transport transport, int port) implements Match {}

        /// The user of the socket it left by.
        record Owner(Range users, boolean others) implements Match {}

        /// A DNS question for a name below a domain.
        ///
        /// @param zone of conntrack that such questions were put in by an earlier rule; 0: none was
        record AsksFor(String domain, int zone) implements Match {}

        /// It belongs to no connection that could be.
        record Invalid() implements Match {}
    }

    /// What becomes of a packet.
    public sealed interface Action {

        record Return() implements Action {}

        record Jump(ChainName chain) implements Action {}

        /// To this host, to the port.
        record Redirect(int port) implements Action {}

        /// Conntrack keeps it apart from connections of other zones.
        record Zone(int number) implements Action {}

        record Drop() implements Action {}

        record Log(String prefix, int level) implements Action {}
    }
}
