package io.higuma.api.bootstrap;

import java.util.Optional;

/// What bootstraps are made with.
///
/// @param tokens whether a data plane must show a token
/// @param reloadableTokens whether Envoy reads the token from its file for each stream, where it has one
/// @param adminAddress address of Envoy's admin interface, where it is a port
/// @param adminPort its port; the Dataplane's own setting wins
/// @param adminSocket whether the admin interface is a Unix socket in the work folder
/// @param xdsHost host that Envoys connect to; the one the launcher called when empty
/// @param xdsPort port that Envoys connect to; the one of the server when empty
/// @param healthDiscovery whether proxies probe the workloads of inbounds with a `serviceProbe`, and report it
public record BootstrapSettings(
        boolean tokens,
        boolean reloadableTokens,
        String adminAddress,
        int adminPort,
        boolean adminSocket,
        Optional<String> xdsHost,
        Optional<Integer> xdsPort,
        boolean healthDiscovery) {}
