package io.higuma.dataplane.tproxy;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/// What is to be captured. Keys and defaults are those of the contract (`reference/dataplane.md` 7.1), read by
/// [Settings].
///
/// @param user whose traffic is not captured: Envoy's
/// @param ipv6 whether IPv6 is captured as well as IPv4
/// @param inbound what comes to this host
/// @param outbound what leaves this host
/// @param dns questions for names
/// @param networks of containers or virtual machines on this host, whose traffic is captured as the host's own
/// @param extras what is good to have
public record TransparentProxyConfig(
        ProxyUser user,
        boolean ipv6,
        Inbound inbound,
        Outbound outbound,
        Dns dns,
        List<Network> networks,
        Extras extras) {

    public TransparentProxyConfig {
        networks = List.copyOf(networks);
    }

    TransparentProxyConfig withIpv6(boolean captured) {
        return new TransparentProxyConfig(user, captured, inbound, outbound, dns, networks, extras);
    }

    TransparentProxyConfig withDns(Dns other) {
        return new TransparentProxyConfig(user, ipv6, inbound, outbound, other, networks, extras);
    }

    /// @param uid user id
    /// @param gid group id
    public record ProxyUser(int uid, int gid) {}

    /// @param enabled whether anything is captured at all
    /// @param port where Envoy takes it
    /// @param only if not empty, nothing but these ports
    /// @param notPorts ports that are left alone
    /// @param notFrom callers that are left alone
    /// @param first whether these rules come before those of others
    public record Inbound(
            boolean enabled, int port, List<Range> only, List<Range> notPorts, List<Cidr> notFrom, boolean first) {
        public Inbound {
            only = List.copyOf(only);
            notPorts = List.copyOf(notPorts);
            notFrom = List.copyOf(notFrom);
        }
    }

    /// @param enabled whether anything is captured at all
    /// @param port where Envoy takes it
    /// @param only if not empty, nothing but these ports
    /// @param notPorts ports that are left alone
    /// @param notTo destinations that are left alone
    /// @param notUsers users that are left alone
    /// @param first whether these rules come before those of others
    public record Outbound(
            boolean enabled,
            int port,
            List<Range> only,
            List<Range> notPorts,
            List<Cidr> notTo,
            List<UserException> notUsers,
            boolean first) {
        public Outbound {
            only = List.copyOf(only);
            notPorts = List.copyOf(notPorts);
            notTo = List.copyOf(notTo);
            notUsers = List.copyOf(notUsers);
        }
    }

    /// Users whose traffic is left alone, all of it or to some ports.
    ///
    /// @param transport which; empty for both
    /// @param ports to these; empty for all
    /// @param users of these
    public record UserException(Optional<Transport> transport, List<Range> ports, Range users) {
        public UserException {
            ports = List.copyOf(ports);
        }
    }

    public enum Transport {
        TCP,
        UDP
    }

    /// @param enabled whether any question is captured
    /// @param all whether all are, whatever they ask for and over TCP too; else only those over UDP for names below
    ///     `domains`
    /// @param port where Envoy (or an agent) answers
    /// @param domains such as `mesh.local`, lower case, without dots at the ends
    /// @param zones whether captured questions are tracked apart from others
    /// @param resolvConf where the host's resolvers stand
    /// @param resolverHere whether one of them runs on this host itself. What it asks other hosts for must get out:
    ///     `all` is then what is asked on this host, and elsewhere names below `domains` alone are captured
    public record Dns(
            boolean enabled,
            boolean all,
            int port,
            List<String> domains,
            boolean zones,
            Path resolvConf,
            boolean resolverHere) {
        public Dns {
            domains = List.copyOf(domains);
        }

        Dns withResolverHere(boolean here) {
            return new Dns(enabled, all, port, domains, zones, resolvConf, here);
        }
    }

    /// @param device the host's end of the network; a `+` at its end stands for anything
    /// @param addresses of the network itself: traffic within it is left alone
    public record Network(String device, Cidr addresses) {}

    /// @param dropInvalid whether packets that belong to no connection are dropped
    /// @param logLevel of a log line per new connection; 0 for none
    /// @param comments whether each rule says what it is for
    public record Extras(boolean dropInvalid, int logLevel, boolean comments) {}
}
