package io.higuma.model.wire;

import java.util.Map;

/// Everything one proxy shall hold, at one revision of the store. A change of endpoints makes one for every proxy that
/// calls the service, and another core looks at it: it is one small object.
///
/// @param revision the revision of the snapshot it was compiled from
public record ProxyConfig(
        long revision,
        ResourceSet clusters,
        ResourceSet endpoints,
        ResourceSet listeners,
        ResourceSet routes,
        ResourceSet secrets) {

    /// @param sets by type; a type that is not there has no resources
    public ProxyConfig(long revision, Map<TypeUrl, ResourceSet> sets) {
        this(
                revision,
                sets.getOrDefault(TypeUrl.CLUSTER, ResourceSet.EMPTY),
                sets.getOrDefault(TypeUrl.ENDPOINT, ResourceSet.EMPTY),
                sets.getOrDefault(TypeUrl.LISTENER, ResourceSet.EMPTY),
                sets.getOrDefault(TypeUrl.ROUTE, ResourceSet.EMPTY),
                sets.getOrDefault(TypeUrl.SECRET, ResourceSet.EMPTY));
    }

    /// The resources of a type.
    public ResourceSet set(TypeUrl type) {
        return switch (type) {
            case CLUSTER -> clusters;
            case ENDPOINT -> endpoints;
            case LISTENER -> listeners;
            case ROUTE -> routes;
            case SECRET -> secrets;
        };
    }
}
