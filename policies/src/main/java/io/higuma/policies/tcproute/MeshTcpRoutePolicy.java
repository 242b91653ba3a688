package io.higuma.policies.tcproute;

import io.higuma.model.PolicyTraits;
import io.higuma.model.Problems;
import io.higuma.model.ResourceType;
import io.higuma.model.Scope;
import io.higuma.model.Shape;
import io.higuma.model.TypeNames;
import io.higuma.model.core.RouteStatus;
import io.higuma.model.target.RouteBackendRef;
import io.higuma.model.target.TargetChecks;
import io.higuma.model.target.ToTargetRef;
import io.higuma.model.target.TopTargetRef;
import io.higuma.policies.tcproute.MeshTcpRouteSpec.Rule;
import io.higuma.policies.tcproute.MeshTcpRouteSpec.To;
import io.higuma.policy.Backend;
import io.higuma.policy.Calls;
import io.higuma.policy.Contribution;
import io.higuma.policy.Destination;
import io.higuma.policy.Effective;
import io.higuma.policy.Matched;
import io.higuma.policy.Outline;
import io.higuma.policy.PolicyModule;
import io.higuma.policy.Shares;
import io.higuma.policy.Site;
import io.higuma.policy.ToItem;
import io.higuma.policy.ToItems;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// MeshTCPRoute.
public final class MeshTcpRoutePolicy implements PolicyModule<MeshTcpRouteSpec> {

    public static final ResourceType<MeshTcpRouteSpec> TYPE = new ResourceType<>(
            "MeshTCPRoute",
            MeshTcpRouteSpec.class,
            Optional.of(RouteStatus.class),
            Scope.MESH,
            Shape.SPEC,
            new TypeNames("meshtcproutes", "meshtcproute", "mtcpr", "Mesh TCP Route", "Mesh TCP Routes"),
            true,
            Optional.of(new PolicyTraits(true, false, false, 200)));

    private static final Set<ToTargetRef.Kind> DESTINATIONS = EnumSet.of(
            ToTargetRef.Kind.MESH_SERVICE,
            ToTargetRef.Kind.MESH_EXTERNAL_SERVICE,
            ToTargetRef.Kind.MESH_MULTI_ZONE_SERVICE);

    @Override
    public ResourceType<MeshTcpRouteSpec> type() {
        return TYPE;
    }

    @Override
    public void validate(MeshTcpRouteSpec spec, Problems problems) {
        spec.targetRef().ifPresent(ref -> TargetChecks.top("spec.targetRef", ref, false, problems));
        for (int i = 0; i < spec.to().size(); i++) {
            To to = spec.to().get(i);
            String path = "spec.to[" + i + "]";
            TargetChecks.to(path + ".targetRef", to.targetRef(), DESTINATIONS, problems);
            for (int j = 0; j < to.rules().size(); j++) {
                rule(path + ".rules[" + j + "].default.backendRefs", to.rules().get(j), problems);
            }
        }
    }

    private static void rule(String path, Rule rule, Problems problems) {
        List<RouteBackendRef> refs = rule.conf().allBackends();
        if (refs.isEmpty()) {
            problems.add(path, "must be defined");
        }
        for (int k = 0; k < refs.size(); k++) {
            TargetChecks.backend(path + "[" + k + "]", refs.get(k), problems);
        }
    }

    @Override
    public List<String> warnings(MeshTcpRouteSpec spec) {
        List<String> warnings = new ArrayList<>();
        for (int i = 0; i < spec.to().size(); i++) {
            for (Rule rule : spec.to().get(i).rules()) {
                if (rule.conf().allBackends().stream().allMatch(ref -> ref.weight() == 0)) {
                    warnings.add("spec.to[" + i + "].rules[0].default.backendRefs: all weights are 0, so that every"
                            + " connection is closed");
                }
            }
        }
        return warnings;
    }

    @Override
    public TopTargetRef target(MeshTcpRouteSpec spec) {
        return spec.targetRef().orElse(TopTargetRef.MESH);
    }

    @Override
    public List<RouteBackendRef> backends(MeshTcpRouteSpec spec) {
        return spec.to().stream()
                .flatMap(to -> to.rules().stream())
                .flatMap(rule -> rule.conf().allBackends().stream())
                .toList();
    }

    @Override
    public Outlined outline(List<Matched<MeshTcpRouteSpec>> matched) {
        List<ToItem<Rule>> items = new ArrayList<>();
        for (Matched<MeshTcpRouteSpec> policy : matched) {
            for (int i = 0; i < policy.spec().to().size(); i++) {
                To to = policy.spec().to().get(i);
                for (Rule rule : to.rules()) {
                    items.add(new ToItem<>(policy, i, to.targetRef(), rule));
                }
            }
        }
        return new Outlined(items);
    }

    /// What the policies say, by what they say it of.
    record Outlined(List<ToItem<Rule>> to) implements Outline {

        @Override
        public Optional<Effective<Rule>> of(Backend backend) {
            return ToItems.effective(to, backend);
        }

        @Override
        public List<RouteRule> routes(Backend backend) {
            return of(backend)
                    .map(effective -> new RouteRule(
                            Optional.empty(), List.of(), effective.conf().conf()))
                    .stream()
                    .toList();
        }
    }

    @Override
    public List<Contribution> outbound(List<Matched<MeshTcpRouteSpec>> matched, Calls calls) {
        Outlined outlined = outline(matched);
        List<Contribution> contributions = new ArrayList<>();
        for (Destination destination : calls.destinations()) {
            Backend own = destination.backend();
            outlined.of(own).ifPresent(route -> {
                Shares shares = new Shares(own, calls.routing());
                Shares.Split split = shares.split(route.conf().conf().allBackends());
                contributions.add(new Contribution.TcpRoute(
                        new Site.OfOutbound(own.clusterName()),
                        split.shares(),
                        split.lost(),
                        shares.backends(),
                        route.origins()));
            });
        }
        return contributions;
    }
}
