package io.higuma.envoy;

import io.higuma.model.wire.ResourceSet;
import java.util.SortedSet;

/// Resources that were compiled, and the names of those that the engine adds.
sealed interface Compiled permits CompiledCalls, CompiledProxy {

    ResourceSet clusters();

    ResourceSet listeners();

    ResourceSet routes();

    /// The ClusterLoadAssignments that the clusters ask for.
    SortedSet<String> endpointNames();

    /// The secrets that the TLS contexts ask for.
    SortedSet<String> secretNames();

    Origins origins();
}
