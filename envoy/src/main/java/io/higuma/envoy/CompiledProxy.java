package io.higuma.envoy;

import io.higuma.model.wire.ResourceSet;
import java.util.List;
import java.util.SortedSet;

/// What a proxy shall hold, apart from endpoints and secrets, which the engine adds: they change often and alone.
///
/// @param endpointNames the ClusterLoadAssignments its clusters ask for
/// @param secretNames the secrets its TLS contexts ask for
/// @param origins for every resource name the policies that had a hand in it, for "why does it look like this?"
public record CompiledProxy(
        ResourceSet clusters,
        ResourceSet listeners,
        ResourceSet routes,
        SortedSet<String> endpointNames,
        SortedSet<String> secretNames,
        List<Origin> origins) {

    /// The policies that had a hand in a resource, sorted, each once.
    public List<String> policies(String resource) {
        return origins.stream()
                .filter(origin -> origin.resource().equals(resource))
                .map(Origin::policy)
                .distinct()
                .sorted()
                .toList();
    }

    /// @param resource name of the Envoy resource
    /// @param policy KRI of the policy
    public record Origin(String resource, String policy) {}
}
