package io.higuma.policies.httproute;

import io.higuma.model.PolicyTraits;
import io.higuma.model.Problems;
import io.higuma.model.ResourceType;
import io.higuma.model.Scope;
import io.higuma.model.Shape;
import io.higuma.model.TypeNames;
import io.higuma.model.core.RouteStatus;
import io.higuma.model.target.RouteBackendRef;
import io.higuma.model.target.TopTargetRef;
import io.higuma.policies.httproute.MeshHttpRouteSpec.FilterType;
import io.higuma.policies.httproute.MeshHttpRouteSpec.Mirror;
import io.higuma.policies.httproute.MeshHttpRouteSpec.Rule;
import io.higuma.policies.httproute.MeshHttpRouteSpec.Rules;
import io.higuma.policies.httproute.MeshHttpRouteSpec.To;
import io.higuma.policy.Backend;
import io.higuma.policy.Calls;
import io.higuma.policy.Contribution;
import io.higuma.policy.Effective;
import io.higuma.policy.Matched;
import io.higuma.policy.Outline;
import io.higuma.policy.PolicyModule;
import io.higuma.policy.Site;
import io.higuma.policy.Source;
import io.higuma.policy.ToItem;
import io.higuma.policy.ToItems;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// MeshHTTPRoute.
public final class MeshHttpRoutePolicy implements PolicyModule<MeshHttpRouteSpec> {

    public static final ResourceType<MeshHttpRouteSpec> TYPE = new ResourceType<>(
            "MeshHTTPRoute",
            MeshHttpRouteSpec.class,
            Optional.of(RouteStatus.class),
            Scope.MESH,
            Shape.SPEC,
            new TypeNames("meshhttproutes", "meshhttproute", "mhttpr", "Mesh HTTP Route", "Mesh HTTP Routes"),
            true,
            Optional.of(new PolicyTraits(true, false, false, 100)));

    @Override
    public ResourceType<MeshHttpRouteSpec> type() {
        return TYPE;
    }

    @Override
    public void validate(MeshHttpRouteSpec spec, Problems problems) {
        MeshHttpRouteValidator.validate(spec, problems);
    }

    @Override
    public List<String> warnings(MeshHttpRouteSpec spec) {
        List<String> warnings = new ArrayList<>();
        for (int i = 0; i < spec.destinations().size(); i++) {
            List<Rule> rules = spec.destinations().get(i).rules();
            for (int j = 0; j < rules.size(); j++) {
                List<RouteBackendRef> refs = rules.get(j).conf().allBackends();
                if (!refs.isEmpty() && refs.stream().allMatch(ref -> ref.weight() == 0)) {
                    warnings.add("spec.to[" + i + "].rules[" + j + "].default.backendRefs: all weights are 0, so that"
                            + " every request of the rule is answered 500");
                }
            }
        }
        return warnings;
    }

    @Override
    public TopTargetRef target(MeshHttpRouteSpec spec) {
        return spec.targetRef().orElse(TopTargetRef.MESH);
    }

    @Override
    public List<RouteBackendRef> backends(MeshHttpRouteSpec spec) {
        List<RouteBackendRef> refs = new ArrayList<>();
        for (To to : spec.destinations()) {
            for (Rule rule : to.rules()) {
                refs.addAll(rule.conf().allBackends());
                rule.conf().allFilters().stream()
                        .filter(filter -> filter.type() == FilterType.REQUEST_MIRROR)
                        .flatMap(filter -> filter.requestMirror().stream())
                        .map(Mirror::backendRef)
                        .forEach(refs::add);
            }
        }
        return refs;
    }

    @Override
    public Outlined outline(List<Matched<MeshHttpRouteSpec>> matched) {
        List<ToItem<List<Rule>>> items = new ArrayList<>();
        for (Matched<MeshHttpRouteSpec> policy : matched) {
            for (int i = 0; i < policy.spec().destinations().size(); i++) {
                To to = policy.spec().destinations().get(i);
                items.add(new ToItem<>(policy, i, to.targetRef(), to.rules()));
            }
        }
        return new Outlined(items);
    }

    /// What the policies say, by what they say it of.
    record Outlined(List<ToItem<List<Rule>>> to) implements Outline {

        @Override
        public Optional<Effective<Rules>> of(Backend backend) {
            List<ToItem<List<Rule>>> items = ToItems.concerning(to, backend);
            return items.isEmpty()
                    ? Optional.empty()
                    : Optional.of(new Effective<>(
                            new Rules(table(items).merged().stream()
                                    .map(rule -> new Rule(rule.matches(), rule.conf()))
                                    .toList()),
                            items));
        }

        @Override
        public List<RouteRule> routes(Backend backend) {
            return table(ToItems.concerning(to, backend)).merged().stream()
                    .map(rule -> new RouteRule(Optional.of(rule.source()), rule.matches(), rule.conf()))
                    .toList();
        }
    }

    private static RouteTable table(List<ToItem<List<Rule>>> items) {
        RouteTable table = new RouteTable();
        items.forEach(table::add);
        return table;
    }

    @Override
    public List<Contribution> outbound(List<Matched<MeshHttpRouteSpec>> matched, Calls calls) {
        Outlined outlined = outline(matched);
        List<Contribution> contributions = new ArrayList<>();
        Set<String> done = new LinkedHashSet<>();
        calls.destinations().forEach(destination -> {
            if (done.add(destination.clusterName())) {
                destination(ToItems.concerning(outlined.to(), destination.backend()), destination.backend(), calls)
                        .ifPresent(contributions::add);
            }
        });
        return contributions;
    }

    private static Optional<Contribution> destination(
            List<ToItem<List<Rule>>> items, Backend destination, Calls calls) {
        if (items.isEmpty()) {
            return Optional.empty();
        }
        Translation translation = new Translation(destination, calls.routing());
        return Optional.of(new Contribution.HttpRoutes(
                new Site.OfOutbound(destination.clusterName()),
                table(items).rules().stream().map(translation::route).toList(),
                translation.backends(),
                Source.origins(items)));
    }
}
