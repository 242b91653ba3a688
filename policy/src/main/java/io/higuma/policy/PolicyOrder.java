package io.higuma.policy;

import io.higuma.model.Labels;
import io.higuma.model.Resource;
import java.util.Comparator;
import java.util.List;

/// The order in which policies are merged: a later one overrides an earlier one (contract 2.4).
/// Creation time plays no part, so that the outcome can be read off the resources.
public final class PolicyOrder {

    private static final List<String> ROLES = List.of("system", "producer", "consumer", "workload-owner");

    private PolicyOrder() {}

    /// By target, section, origin and role; then the name that sorts first wins.
    public static Comparator<Matched<?>> ascending() {
        return byTarget().thenComparing(byName());
    }

    /// Everything but the name: what stands before the kind of a `to` item.
    static Comparator<Matched<?>> byTarget() {
        return Comparator.<Matched<?>>comparingInt(
                        m -> m.target().kind().compareTo(io.higuma.model.target.TopTargetRef.Kind.MESH))
                .thenComparing(m -> m.target().sectionName().isPresent())
                .thenComparingInt(m -> origin(m.policy()))
                .thenComparingInt(m -> role(m.policy()));
    }

    static Comparator<Matched<?>> byName() {
        return Comparator.<Matched<?>, String>comparing(m -> m.policy().displayName())
                .thenComparing(m -> m.policy().name())
                .reversed();
    }

    private static int origin(Resource policy) {
        return switch (policy.labels().value(Labels.ORIGIN).orElse("")) {
            case "global" -> 0;
            case "zone" -> 2;
            default -> 1;
        };
    }

    private static int role(Resource policy) {
        return Math.max(
                0, ROLES.indexOf(policy.labels().value(Labels.POLICY_ROLE).orElse("system")));
    }
}
