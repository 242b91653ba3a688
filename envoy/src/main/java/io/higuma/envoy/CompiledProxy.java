package io.higuma.envoy;

import io.higuma.model.wire.ResourceSet;
import java.util.SortedSet;

/// What a proxy shall hold, apart from endpoints and secrets, which the engine adds: they change often and alone.
///
/// @param endpointNames the ClusterLoadAssignments its clusters ask for
/// @param secretNames the secrets its TLS contexts ask for
/// @param origins for every resource name the policies that had a hand in it
public record CompiledProxy(
        ResourceSet clusters,
        ResourceSet listeners,
        ResourceSet routes,
        SortedSet<String> endpointNames,
        SortedSet<String> secretNames,
        Origins origins)
        implements Compiled {}
