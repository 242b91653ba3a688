package io.higuma.envoy;

import io.higuma.model.wire.ResourceSet;
import java.util.SortedSet;

/// What a proxy shall hold, apart from endpoints and secrets, which the engine adds: they change often and alone.
///
/// @param origins for every resource name the policies that had a hand in it
/// @param calls what it has in common with others that call the same; held here, so that it is there for the next of
///     them
public record CompiledProxy(
        ResourceSet clusters, ResourceSet listeners, ResourceSet routes, Origins origins, CompiledCalls calls)
        implements Compiled {

    @Override
    public SortedSet<String> endpointNames() {
        return calls.endpointNames();
    }

    @Override
    public SortedSet<String> secretNames() {
        return calls.secretNames();
    }
}
