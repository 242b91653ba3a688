package io.higuma.model.snapshot;

import io.higuma.model.Resource;
import io.higuma.model.target.TopTargetRef;
import java.util.Optional;

/// Knows which proxies a policy is for; empty for resources that are no policies.
@FunctionalInterface
public interface PolicyTargets {

    /// For where there are no policies.
    PolicyTargets NONE = resource -> Optional.empty();

    Optional<TopTargetRef> of(Resource resource);
}
