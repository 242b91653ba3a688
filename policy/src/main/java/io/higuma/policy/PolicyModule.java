package io.higuma.policy;

import io.higuma.model.Problems;
import io.higuma.model.ResourceType;
import io.higuma.model.Spec;
import io.higuma.model.target.RouteBackendRef;
import io.higuma.model.target.TopTargetRef;
import java.util.List;

/// One kind of policy: its shape, what makes one invalid, and what it does to a proxy. All
/// methods are pure.
public interface PolicyModule<S extends Spec> {

    ResourceType<S> type();

    /// Adds everything that is wrong with a spec beyond its schema, with paths from the top:
    /// `spec.to[0].default`.
    void validate(S spec, Problems problems);

    /// Sentences for the author of a valid spec that may not do what was meant.
    default List<String> warnings(S spec) {
        return List.of();
    }

    /// The proxies it is for.
    TopTargetRef target(S spec);

    /// The services a policy sends traffic to, beside those that its proxies call anyway.
    default List<RouteBackendRef> backends(S spec) {
        return List.of();
    }

    /// What the policies do to what a proxy serves.
    ///
    /// @param matched the policies of this kind that select the proxy, least important first
    default List<Contribution> inbound(List<Matched<S>> matched, ProxyView view) {
        return List.of();
    }

    /// What the policies do to what a proxy calls: the same for all proxies that call the same.
    ///
    /// @param matched as for [#inbound]
    default List<Contribution> outbound(List<Matched<S>> matched, Calls calls) {
        return List.of();
    }

    /// What the policies come to, for people who ask.
    ///
    /// @param matched as for [#inbound]
    Outline outline(List<Matched<S>> matched);
}
