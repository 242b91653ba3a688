package io.higuma.envoy;

import io.higuma.model.wire.ResourceSet;
import java.util.Map;
import java.util.SortedSet;

/// What comes of all that a proxy calls: made once for all proxies that call the same.
///
/// @param places the listeners by where they listen, as `address:port`
public record CompiledCalls(
        ResourceSet clusters,
        ResourceSet listeners,
        ResourceSet routes,
        SortedSet<String> endpointNames,
        SortedSet<String> secretNames,
        Origins origins,
        Map<String, String> places)
        implements Compiled {

    public CompiledCalls {
        places = Map.copyOf(places);
    }
}
