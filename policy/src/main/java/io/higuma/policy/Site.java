package io.higuma.policy;

/// The part of a proxy a contribution is about.
public sealed interface Site {

    /// One inbound, by its section name.
    record OfInbound(String section) implements Site {}

    /// One thing that is called, by the name of its cluster.
    record OfOutbound(String cluster) implements Site {}

    /// The requests that one MeshHTTPRoute matches, by its identifier.
    record OfRoute(String route) implements Site {}
}
