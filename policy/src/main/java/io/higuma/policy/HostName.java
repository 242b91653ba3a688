package io.higuma.policy;

import java.util.List;

/// A name of the mesh and what it resolves to.
///
/// @param addresses virtual addresses with their twins of the other family
public record HostName(String name, List<String> addresses) {

    public HostName {
        addresses = List.copyOf(addresses);
    }
}
