package io.higuma.policies.timeout;

import io.higuma.model.PolicyTraits;
import io.higuma.model.Problems;
import io.higuma.model.ResourceType;
import io.higuma.model.Scope;
import io.higuma.model.Shape;
import io.higuma.model.TypeNames;
import io.higuma.model.target.Match;
import io.higuma.model.target.TopTargetRef;
import io.higuma.policies.timeout.MeshTimeoutSpec.Conf;
import io.higuma.policies.timeout.MeshTimeoutSpec.Http;
import io.higuma.policies.timeout.MeshTimeoutSpec.Rule;
import io.higuma.policy.Backend;
import io.higuma.policy.Contribution;
import io.higuma.policy.Contribution.CallerTimeout;
import io.higuma.policy.InboundRule;
import io.higuma.policy.InboundView;
import io.higuma.policy.Matched;
import io.higuma.policy.PolicyModule;
import io.higuma.policy.ProxyView;
import io.higuma.policy.Routing;
import io.higuma.policy.Site;
import io.higuma.policy.Timeouts;
import io.higuma.policy.ToItem;
import io.higuma.policy.ToItems;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// MeshTimeout.
public final class MeshTimeoutPolicy implements PolicyModule<MeshTimeoutSpec> {

    public static final ResourceType<MeshTimeoutSpec> TYPE = new ResourceType<>(
            "MeshTimeout",
            MeshTimeoutSpec.class,
            Optional.empty(),
            Scope.MESH,
            Shape.SPEC,
            new TypeNames("meshtimeouts", "meshtimeout", "mt", "Mesh Timeout", "Mesh Timeouts"),
            true,
            Optional.of(new PolicyTraits(true, true, false, 1000)));

    @Override
    public ResourceType<MeshTimeoutSpec> type() {
        return TYPE;
    }

    @Override
    public void validate(MeshTimeoutSpec spec, Problems problems) {
        MeshTimeoutValidator.validate(spec, problems);
    }

    @Override
    public TopTargetRef target(MeshTimeoutSpec spec) {
        return spec.targetRef().orElse(TopTargetRef.MESH);
    }

    @Override
    public List<Contribution> translate(List<Matched<MeshTimeoutSpec>> matched, ProxyView view) {
        List<Contribution> contributions = new ArrayList<>();
        List<ToItem<Conf>> items = new ArrayList<>();
        for (Matched<MeshTimeoutSpec> policy : matched) {
            policy.spec().to().forEach(to -> items.add(new ToItem<>(policy, to.targetRef(), to.conf())));
        }
        for (Backend backend : view.backends()) {
            ToItems.effective(items, backend)
                    .ifPresent(effective -> contributions.add(new Contribution.SiteTimeouts(
                            new Site.OfOutbound(backend.clusterName()),
                            timeouts(effective.conf()),
                            effective.origins())));
        }
        for (Routing.Route route : view.routing().routes()) {
            ToItems.effective(items, route)
                    .ifPresent(effective -> contributions.add(new Contribution.SiteTimeouts(
                            new Site.OfRoute(route.kri().toString()),
                            timeouts(effective.conf()),
                            effective.origins())));
        }
        view.inbounds().forEach(inbound -> inbound(matched, inbound, contributions));
        return contributions;
    }

    private static void inbound(
            List<Matched<MeshTimeoutSpec>> matched, InboundView inbound, List<Contribution> contributions) {
        List<InboundRule<Conf>> rules = new ArrayList<>();
        for (Matched<MeshTimeoutSpec> policy : matched) {
            if (policy.covers(inbound)) {
                policy.spec().rules().forEach(rule -> rules.addAll(spread(policy, rule)));
            }
        }
        Site site = new Site.OfInbound(inbound.inbound().section());
        InboundRule.Outcome<Conf> outcome = InboundRule.arrange(rules);
        outcome.fallback()
                .ifPresent(all ->
                        contributions.add(new Contribution.SiteTimeouts(site, timeouts(all.conf()), all.origins())));
        if (!outcome.conditional().isEmpty()) {
            contributions.add(new Contribution.CallerTimeouts(
                    site,
                    outcome.conditional().stream()
                            .map(rule -> new CallerTimeout(rule.match().orElseThrow(), timeouts(rule.conf())))
                            .toList(),
                    outcome.conditional().stream()
                            .map(rule -> rule.policy().origin())
                            .distinct()
                            .toList()));
        }
    }

    private static List<InboundRule<Conf>> spread(Matched<MeshTimeoutSpec> policy, Rule rule) {
        if (rule.matches().isEmpty()) {
            return List.of(new InboundRule<>(policy, Optional.<Match>empty(), rule.conf()));
        }
        return rule.matches().stream()
                .map(match -> new InboundRule<>(policy, Optional.of(match), rule.conf()))
                .toList();
    }

    private static Timeouts timeouts(Conf conf) {
        Optional<Http> http = conf.http();
        return new Timeouts(
                conf.connectionTimeout(),
                conf.idleTimeout(),
                http.flatMap(Http::requestTimeout),
                http.flatMap(Http::streamIdleTimeout),
                http.flatMap(Http::maxStreamDuration),
                http.flatMap(Http::maxConnectionDuration),
                http.flatMap(Http::requestHeadersTimeout));
    }
}
