package io.higuma.policy;

import io.higuma.model.Kri;
import io.higuma.model.Labels;
import io.higuma.model.ResourceKey;
import java.util.Optional;

/// One port of one service that can answer: what a destination is apart from where it is
/// called, and what a route may send traffic to. Becomes one cluster.
///
/// @param kri identifier of the service with the port as its section; names the cluster
/// @param tls how to call it; empty means plaintext
/// @param outside where it is, if it is outside of the mesh; empty if its members are proxies
public record Backend(
        ResourceKey service,
        Labels labels,
        Kri kri,
        Destination.Port target,
        Optional<Destination.UpstreamTls> tls,
        Optional<Outside> outside) {

    /// The same, called at another place outside of the mesh.
    public Backend at(Outside place) {
        return new Backend(service, labels, kri, target, tls, Optional.of(place));
    }

    /// Name of the cluster and of its ClusterLoadAssignment.
    public String clusterName() {
        return kri.toString();
    }
}
