package io.higuma.policies.timeout;

import io.higuma.model.PolicyTraits;
import io.higuma.model.Problems;
import io.higuma.model.ResourceType;
import io.higuma.model.Scope;
import io.higuma.model.Shape;
import io.higuma.model.TypeNames;
import io.higuma.model.target.TopTargetRef;
import io.higuma.policies.timeout.MeshTimeoutSpec.Conf;
import io.higuma.policies.timeout.MeshTimeoutSpec.Http;
import io.higuma.policies.timeout.MeshTimeoutSpec.Rule;
import io.higuma.policies.timeout.MeshTimeoutSpec.To;
import io.higuma.policy.Backend;
import io.higuma.policy.Calls;
import io.higuma.policy.Contribution;
import io.higuma.policy.Contribution.CallerTimeout;
import io.higuma.policy.Effective;
import io.higuma.policy.InboundRule;
import io.higuma.policy.InboundView;
import io.higuma.policy.Matched;
import io.higuma.policy.Outline;
import io.higuma.policy.PolicyModule;
import io.higuma.policy.ProxyView;
import io.higuma.policy.Routing;
import io.higuma.policy.Site;
import io.higuma.policy.Source;
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
    public Outlined outline(List<Matched<MeshTimeoutSpec>> matched) {
        List<ToItem<Conf>> items = new ArrayList<>();
        for (Matched<MeshTimeoutSpec> policy : matched) {
            for (int i = 0; i < policy.spec().to().size(); i++) {
                To to = policy.spec().to().get(i);
                items.add(new ToItem<>(policy, i, to.targetRef(), to.conf()));
            }
        }
        return new Outlined(matched, items);
    }

    /// What the policies say, by what they say it of.
    record Outlined(List<Matched<MeshTimeoutSpec>> matched, List<ToItem<Conf>> to) implements Outline {

        @Override
        public Optional<Effective<Conf>> of(Backend backend) {
            return ToItems.effective(to, backend);
        }

        @Override
        public Optional<Effective<Conf>> of(Backend destination, Routing.Route route) {
            return ToItems.effective(to, destination, route);
        }

        @Override
        public List<InboundRule<Conf>> of(InboundView inbound) {
            return InboundRule.listed(rules(inbound));
        }

        List<InboundRule<Conf>> rules(InboundView inbound) {
            List<InboundRule<Conf>> rules = new ArrayList<>();
            for (Matched<MeshTimeoutSpec> policy : matched) {
                for (int i = 0;
                        policy.covers(inbound) && i < policy.spec().rules().size();
                        i++) {
                    Rule rule = policy.spec().rules().get(i);
                    rules.addAll(InboundRule.spread(policy, i, rule.callers(), rule.conf()));
                }
            }
            return rules;
        }
    }

    @Override
    public List<Contribution> outbound(List<Matched<MeshTimeoutSpec>> matched, Calls calls) {
        List<Contribution> contributions = new ArrayList<>();
        Outlined outlined = outline(matched);
        for (Backend backend : calls.backends()) {
            outlined.of(backend)
                    .ifPresent(effective -> contributions.add(new Contribution.SiteTimeouts(
                            new Site.OfOutbound(backend.clusterName()),
                            timeouts(effective.conf()),
                            effective.origins())));
        }
        for (Routing.Route route : calls.routing().routes()) {
            ToItems.effective(outlined.to(), route)
                    .ifPresent(effective -> contributions.add(new Contribution.SiteTimeouts(
                            new Site.OfRoute(route.kri().toString()),
                            timeouts(effective.conf()),
                            effective.origins())));
        }
        return contributions;
    }

    @Override
    public List<Contribution> inbound(List<Matched<MeshTimeoutSpec>> matched, ProxyView view) {
        List<Contribution> contributions = new ArrayList<>();
        Outlined outlined = outline(matched);
        view.inbounds().forEach(inbound -> inbound(outlined.rules(inbound), inbound, contributions));
        return contributions;
    }

    private static void inbound(List<InboundRule<Conf>> rules, InboundView inbound, List<Contribution> contributions) {
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
                    Source.origins(outcome.conditional())));
        }
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
