package io.higuma.envoy;

import io.higuma.model.wire.ResourceSet;
import java.util.SortedSet;

/// Resources that were compiled, and the names of those that the engine adds.
sealed interface Compiled permits CompiledCalls, CompiledProxy {

    ResourceSet clusters();

    ResourceSet listeners();

    ResourceSet routes();

    SortedSet<String> endpointNames();

    SortedSet<String> secretNames();

    Origins origins();
}
