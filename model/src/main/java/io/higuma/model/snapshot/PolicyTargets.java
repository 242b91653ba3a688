package io.higuma.model.snapshot;

import io.higuma.model.Resource;
import io.higuma.model.target.RouteBackendRef;
import io.higuma.model.target.TopTargetRef;
import java.util.List;
import java.util.Optional;

/// Knows which proxies a policy is for; empty for resources that are no policies.
@FunctionalInterface
public interface PolicyTargets {

    /// For where there are no policies.
    PolicyTargets NONE = resource -> Optional.empty();

    Optional<TopTargetRef> of(Resource resource);

    /// The services a policy sends traffic to.
    default List<RouteBackendRef> backends(Resource resource) {
        return List.of();
    }
}
