package io.higuma.policies.trafficpermission;

import io.higuma.model.PolicyTraits;
import io.higuma.model.Problems;
import io.higuma.model.ResourceType;
import io.higuma.model.Scope;
import io.higuma.model.Shape;
import io.higuma.model.TypeNames;
import io.higuma.model.target.Match;
import io.higuma.model.target.TargetChecks;
import io.higuma.model.target.TopTargetRef;
import io.higuma.policies.trafficpermission.MeshTrafficPermissionSpec.Conf;
import io.higuma.policy.Contribution;
import io.higuma.policy.InboundRule;
import io.higuma.policy.InboundView;
import io.higuma.policy.Matched;
import io.higuma.policy.Outline;
import io.higuma.policy.Permissions;
import io.higuma.policy.PolicyModule;
import io.higuma.policy.ProxyView;
import io.higuma.policy.Site;
import io.higuma.policy.Source;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// MeshTrafficPermission.
public final class MeshTrafficPermissionPolicy implements PolicyModule<MeshTrafficPermissionSpec> {

    public static final ResourceType<MeshTrafficPermissionSpec> TYPE = new ResourceType<>(
            "MeshTrafficPermission",
            MeshTrafficPermissionSpec.class,
            Optional.empty(),
            Scope.MESH,
            Shape.SPEC,
            new TypeNames(
                    "meshtrafficpermissions",
                    "meshtrafficpermission",
                    "mtp",
                    "Mesh Traffic Permission",
                    "Mesh Traffic Permissions"),
            true,
            Optional.of(new PolicyTraits(false, true, false, 1100)));

    @Override
    public ResourceType<MeshTrafficPermissionSpec> type() {
        return TYPE;
    }

    @Override
    public void validate(MeshTrafficPermissionSpec spec, Problems problems) {
        spec.targetRef()
                .ifPresent(ref ->
                        TargetChecks.top("spec.targetRef", ref, !spec.rules().isEmpty(), problems));
        if (spec.rules().isEmpty()) {
            problems.add("spec", "policy must define rules");
        }
        for (int i = 0; i < spec.rules().size(); i++) {
            Conf conf = spec.rules().get(i).conf();
            // the contract leaves the segment `default` out of these paths
            String path = "spec.rules[" + i + "]";
            if (conf.allow().isEmpty()
                    && conf.allowWithShadowDeny().isEmpty()
                    && conf.deny().isEmpty()) {
                problems.add(path, "at least one of 'allow', 'allowWithShadowDeny', 'deny' has to be defined");
            }
            matches(path + ".allow", conf.allow(), problems);
            matches(path + ".allowWithShadowDeny", conf.allowWithShadowDeny(), problems);
            matches(path + ".deny", conf.deny(), problems);
        }
    }

    private static void matches(String path, List<Match> matches, Problems problems) {
        for (int j = 0; j < matches.size(); j++) {
            TargetChecks.match(path + "[" + j + "]", matches.get(j), problems);
        }
    }

    @Override
    public TopTargetRef target(MeshTrafficPermissionSpec spec) {
        return spec.targetRef().orElse(TopTargetRef.MESH);
    }

    @Override
    public List<Contribution> inbound(List<Matched<MeshTrafficPermissionSpec>> matched, ProxyView view) {
        if (view.identity().isEmpty()) {
            return List.of();
        }
        return view.inbounds().stream()
                .map(inbound -> inbound(matched, inbound))
                .toList();
    }

    @Override
    public Outline outline(List<Matched<MeshTrafficPermissionSpec>> matched) {
        return new Outline() {
            @Override
            public List<InboundRule<Conf>> of(InboundView inbound) {
                return rules(matched, inbound);
            }
        };
    }

    private static List<InboundRule<Conf>> rules(
            List<Matched<MeshTrafficPermissionSpec>> matched, InboundView inbound) {
        List<InboundRule<Conf>> rules = new ArrayList<>();
        for (Matched<MeshTrafficPermissionSpec> policy : matched) {
            for (int i = 0; policy.covers(inbound) && i < policy.spec().rules().size(); i++) {
                Conf conf = policy.spec().rules().get(i).conf();
                rules.add(new InboundRule<>(policy, i, Optional.empty(), conf));
            }
        }
        return rules;
    }

    private static Contribution inbound(List<Matched<MeshTrafficPermissionSpec>> matched, InboundView inbound) {
        List<Permissions.Rule> deny = new ArrayList<>();
        List<Permissions.Rule> allow = new ArrayList<>();
        List<Permissions.Rule> shadow = new ArrayList<>();
        List<InboundRule<Conf>> rules = rules(matched, inbound);
        for (InboundRule<Conf> rule : rules) {
            String origin = rule.policy().origin();
            add(deny, origin, rule.conf().deny());
            add(allow, origin, rule.conf().allow());
            add(allow, origin, rule.conf().allowWithShadowDeny());
            add(shadow, origin, rule.conf().allowWithShadowDeny());
        }
        return new Contribution.InboundPermissions(
                new Site.OfInbound(inbound.inbound().section()),
                new Permissions(deny, allow, shadow),
                Source.origins(rules));
    }

    private static void add(List<Permissions.Rule> rules, String policy, List<Match> matches) {
        if (!matches.isEmpty()) {
            rules.add(new Permissions.Rule(policy, matches));
        }
    }
}
