package io.higuma.envoy;

import java.util.List;

/// The members of one cluster: the input of one ClusterLoadAssignment.
///
/// @param clusterName the cluster
/// @param endpoints sorted by address and port, so that equal groups are equal bytes
public record EndpointGroup(String clusterName, List<Endpoint> endpoints) {

    public EndpointGroup {
        endpoints = List.copyOf(endpoints);
    }

    /// @param zone the locality
    /// @param priority 0 is tried first
    public record Endpoint(String address, int port, String zone, int priority, int weight) {}
}
