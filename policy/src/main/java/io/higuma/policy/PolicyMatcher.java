package io.higuma.policy;

import io.higuma.model.Labels;
import io.higuma.model.Resource;
import io.higuma.model.Spec;
import io.higuma.model.core.DataplaneSpec;
import io.higuma.model.target.TopTargetRef;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/// Which policies select which proxies (contract 2.3).
public final class PolicyMatcher {

    private PolicyMatcher() {}

    /// The policies of one kind that select a proxy, least important first.
    ///
    /// @param policies of the module's type and the proxy's mesh, in any order
    public static <S extends Spec> List<Matched<S>> match(
            PolicyModule<S> module, Collection<Resource> policies, Resource dataplane, String zone) {
        List<Matched<S>> found = new ArrayList<>();
        for (Resource policy : policies) {
            S spec = policy.spec(module.type().spec());
            TopTargetRef target = module.target(spec);
            if (selects(policy, target, dataplane, zone)) {
                found.add(new Matched<>(policy, spec, target));
            }
        }
        found.sort(PolicyOrder.ascending());
        return found;
    }

    /// Whether a policy selects a proxy.
    public static boolean selects(Resource policy, TopTargetRef target, Resource dataplane, String zone) {
        if (!policy.mesh().equals(dataplane.mesh()) || policy.isShadow() || isOfAnotherZone(policy, zone)) {
            return false;
        }
        if (target.kind() == TopTargetRef.Kind.MESH) {
            return true;
        }
        return carries(dataplane, target) && hasSection(dataplane, target);
    }

    private static boolean isOfAnotherZone(Resource policy, String zone) {
        boolean ofZone =
                policy.labels().value(Labels.ORIGIN).filter("zone"::equals).isPresent();
        boolean producer = policy.labels()
                .value(Labels.POLICY_ROLE)
                .filter("producer"::equals)
                .isPresent();
        return ofZone
                && !producer
                && policy.labels()
                        .value(Labels.ZONE)
                        .filter(z -> !z.equals(zone))
                        .isPresent();
    }

    private static boolean carries(Resource dataplane, TopTargetRef target) {
        return target.labels().entrySet().stream()
                .allMatch(wanted -> wanted.getValue().equals(label(dataplane, wanted.getKey())));
    }

    /// The display name of a resource that stores no such label is its name (contract 2.1).
    static String label(Resource resource, String key) {
        return resource.labels().value(key).orElse(key.equals(Labels.DISPLAY_NAME) ? resource.name() : "");
    }

    private static boolean hasSection(Resource dataplane, TopTargetRef target) {
        if (target.sectionName().isEmpty()) {
            return true;
        }
        String section = target.sectionName().get();
        return dataplane.spec(DataplaneSpec.class).networking().inbound().stream()
                .anyMatch(in -> in.section().equals(section)
                        || Integer.toString(in.port()).equals(section));
    }
}
