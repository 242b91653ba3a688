package io.higuma.model.core;

/// Counts of proxies behind a service or workload.
///
/// @param connected with an open stream
/// @param healthy connected, with at least one inbound that is ready
/// @param total registered
public record DataplaneProxies(int connected, int healthy, int total) {}
