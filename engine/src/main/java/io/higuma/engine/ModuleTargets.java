package io.higuma.engine;

import io.higuma.model.Resource;
import io.higuma.model.Spec;
import io.higuma.model.snapshot.PolicyTargets;
import io.higuma.model.target.RouteBackendRef;
import io.higuma.model.target.TopTargetRef;
import io.higuma.policy.PolicyModule;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Asks the policy modules whom a policy is for.
final class ModuleTargets implements PolicyTargets {

    private final Map<String, PolicyModule<?>> modules = new HashMap<>();

    ModuleTargets(List<PolicyModule<?>> policies) {
        policies.forEach(module -> modules.put(module.type().name(), module));
    }

    @Override
    public Optional<TopTargetRef> of(Resource resource) {
        PolicyModule<?> module = modules.get(resource.key().type());
        return module == null ? Optional.empty() : Optional.of(target(module, resource));
    }

    private static <S extends Spec> TopTargetRef target(PolicyModule<S> module, Resource policy) {
        return module.target(policy.spec(module.type().spec()));
    }

    @Override
    public List<RouteBackendRef> backends(Resource resource) {
        PolicyModule<?> module = modules.get(resource.key().type());
        return module == null ? List.of() : backends(module, resource);
    }

    private static <S extends Spec> List<RouteBackendRef> backends(PolicyModule<S> module, Resource policy) {
        return module.backends(policy.spec(module.type().spec()));
    }

    /// Sentences about a policy that is valid and yet may not do what was meant.
    List<String> warnings(Resource resource) {
        PolicyModule<?> module = modules.get(resource.key().type());
        return module == null ? List.of() : warnings(module, resource);
    }

    private static <S extends Spec> List<String> warnings(PolicyModule<S> module, Resource policy) {
        return module.warnings(policy.spec(module.type().spec()));
    }
}
