package io.higuma.envoy;

import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;

/// Which policies had a hand in which resource, for "why does it look like this?".
///
/// @param own of what the proxy serves
/// @param shared of what it calls: one list for all proxies that call the same
public record Origins(List<Origin> own, List<Origin> shared) {

    public static final Origins NONE = new Origins(List.of(), List.of());

    public Origins {
        own = List.copyOf(own);
        shared = List.copyOf(shared);
    }

    /// @param resource name of the Envoy resource
    /// @param policy KRI of the policy
    public record Origin(String resource, String policy) {}

    /// The policies that had a hand in any of the resources, sorted.
    public SortedSet<String> of(Collection<String> resources) {
        Set<String> wanted = Set.copyOf(resources);
        SortedSet<String> policies = new TreeSet<>();
        for (List<Origin> part : List.of(own, shared)) {
            for (Origin origin : part) {
                if (wanted.contains(origin.resource())) {
                    policies.add(origin.policy());
                }
            }
        }
        return policies;
    }
}
