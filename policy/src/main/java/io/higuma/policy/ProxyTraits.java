package io.higuma.policy;

import java.util.Collections;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/// What a proxy said of itself in its node metadata (`reference/dataplane.md` 1.2 and 1.4), reduced to what changes
/// its configuration.
///
/// @param features such as `feature-reuse-port`
/// @param admin how Envoy's admin interface is reached
/// @param readinessPort port of the launcher's readiness reporter; 0 if it has none
/// @param ipv6 whether the host speaks IPv6
/// @param workDir folder for sockets; empty if unknown
/// @param dnsPort port of the launcher for questions that are redirected; 0 if it has none
/// @param capture how the launcher says that traffic is redirected; empty if it said nothing
/// @param systemCaPath file with the authorities that the host trusts; empty if unknown
public record ProxyTraits(
        Set<String> features,
        Admin admin,
        int readinessPort,
        boolean ipv6,
        Optional<String> workDir,
        int dnsPort,
        Optional<Capture> capture,
        Optional<String> systemCaPath) {

    public ProxyTraits {
        features = Collections.unmodifiableSet(new TreeSet<>(features));
    }

    public boolean has(String feature) {
        return features.contains(feature);
    }

    /// @param port port of the admin interface; 0 if the proxy has none
    /// @param address address Envoy's admin interface binds
    /// @param socketPath its Unix socket, where it has one instead
    public record Admin(int port, String address, Optional<String> socketPath) {}
}
