package io.higuma.model.wire;

import java.util.Optional;

/// The types of xDS resources we serve, in the order in which a proxy must hear of additions: an endpoint before the
/// listener that leads to it (xDS protocol, "Eventual consistency considerations").
public enum TypeUrl {
    CLUSTER("type.googleapis.com/envoy.config.cluster.v3.Cluster"),
    ENDPOINT("type.googleapis.com/envoy.config.endpoint.v3.ClusterLoadAssignment"),
    LISTENER("type.googleapis.com/envoy.config.listener.v3.Listener"),
    ROUTE("type.googleapis.com/envoy.config.route.v3.RouteConfiguration"),
    SECRET("type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.Secret");

    private final String url;

    TypeUrl(String url) {
        this.url = url;
    }

    public String url() {
        return url;
    }

    public static Optional<TypeUrl> of(String url) {
        for (TypeUrl type : values()) {
            if (type.url.equals(url)) {
                return Optional.of(type);
            }
        }
        return Optional.empty();
    }

    /// Whether a stream hears of every resource of this type without naming it: clusters and listeners.
    public boolean wildcard() {
        return this == CLUSTER || this == LISTENER;
    }
}
