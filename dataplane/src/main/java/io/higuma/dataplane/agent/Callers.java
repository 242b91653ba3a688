package io.higuma.dataplane.agent;

import io.higuma.dataplane.tproxy.Cidr;
import java.net.InetAddress;
import java.util.List;

/// Who may ask: this host, whose questions all arrive at a loopback address, and the networks of containers on it whose
/// questions are captured. The agent is no resolver for the world.
///
/// @param networks beside this host
record Callers(List<Cidr> networks) {

    Callers {
        networks = List.copyOf(networks);
    }

    /// @param at the address of ours at which the question arrived
    /// @param caller whose it is
    boolean mayAsk(InetAddress at, InetAddress caller) {
        return at.isLoopbackAddress() || networks.stream().anyMatch(network -> network.contains(caller));
    }
}
