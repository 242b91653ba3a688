package io.higuma.policy;

/// The part of a proxy a contribution is about.
public sealed interface Site {

    /// One inbound, by its section name.
    record OfInbound(String section) implements Site {}

    /// One destination, by the name of its cluster.
    record OfOutbound(String cluster) implements Site {}
}
