package io.higuma.policies.tls;

import io.higuma.model.PolicyTraits;
import io.higuma.model.Problems;
import io.higuma.model.ResourceType;
import io.higuma.model.Scope;
import io.higuma.model.Shape;
import io.higuma.model.TypeNames;
import io.higuma.model.target.TargetChecks;
import io.higuma.model.target.TopTargetRef;
import io.higuma.policies.tls.MeshTlsSpec.Conf;
import io.higuma.policies.tls.MeshTlsSpec.Mode;
import io.higuma.policies.tls.MeshTlsSpec.TlsVersion;
import io.higuma.policy.Calls;
import io.higuma.policy.Contribution;
import io.higuma.policy.Effective;
import io.higuma.policy.InboundRule;
import io.higuma.policy.InboundView;
import io.higuma.policy.Matched;
import io.higuma.policy.Outline;
import io.higuma.policy.PolicyModule;
import io.higuma.policy.ProxyView;
import io.higuma.policy.Site;
import io.higuma.policy.TlsParameters;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/// MeshTLS.
public final class MeshTlsPolicy implements PolicyModule<MeshTlsSpec> {

    public static final ResourceType<MeshTlsSpec> TYPE = new ResourceType<>(
            "MeshTLS",
            MeshTlsSpec.class,
            Optional.empty(),
            Scope.MESH,
            Shape.SPEC,
            new TypeNames("meshtlses", "meshtls", "mtls", "Mesh TLS", "Mesh TLSes"),
            true,
            Optional.of(new PolicyTraits(false, true, false, 300)));

    @Override
    public ResourceType<MeshTlsSpec> type() {
        return TYPE;
    }

    @Override
    public void validate(MeshTlsSpec spec, Problems problems) {
        boolean wholeMesh = target(spec).kind() == TopTargetRef.Kind.MESH;
        spec.targetRef().ifPresent(ref -> TargetChecks.top("spec.targetRef", ref, true, problems));
        for (int i = 0; i < spec.rules().size(); i++) {
            String path = "spec.rules[" + i + "].default";
            spec.rules().get(i).conf().ifPresent(conf -> {
                if (!wholeMesh && !conf.tlsCiphers().isEmpty()) {
                    problems.add(
                            path + ".tlsCiphers", "tlsCiphers can only be defined with top level targetRef kind: Mesh");
                }
                if (!wholeMesh && conf.tlsVersion().isPresent()) {
                    problems.add(
                            path + ".tlsVersion", "tlsVersion can only be defined with top level targetRef kind: Mesh");
                }
                conf.tlsVersion()
                        .filter(range -> range.min() != TlsVersion.AUTO
                                && range.max() != TlsVersion.AUTO
                                && range.min().compareTo(range.max()) > 0)
                        .ifPresent(
                                range -> problems.add(path + ".tlsVersion.min", "min version must be lower than max"));
            });
        }
    }

    @Override
    public TopTargetRef target(MeshTlsSpec spec) {
        return spec.targetRef().orElse(TopTargetRef.MESH);
    }

    @Override
    public List<Contribution> inbound(List<Matched<MeshTlsSpec>> matched, ProxyView view) {
        List<Contribution> contributions = new ArrayList<>();
        for (InboundView inbound : view.inbounds()) {
            merged(matched, policy -> policy.covers(inbound))
                    .ifPresent(effective -> contributions.add(new Contribution.InboundTls(
                            new Site.OfInbound(inbound.inbound().section()),
                            mode(effective.conf()),
                            parameters(effective.conf()),
                            effective.origins())));
        }
        return contributions;
    }

    @Override
    public List<Contribution> outbound(List<Matched<MeshTlsSpec>> matched, Calls calls) {
        List<Contribution> contributions = new ArrayList<>();
        Optional<Effective<Conf>> upstream =
                merged(matched, policy -> policy.target().kind() == TopTargetRef.Kind.MESH);
        upstream.filter(effective -> !parameters(effective.conf()).equals(TlsParameters.DEFAULT))
                .ifPresent(effective -> calls.backends()
                        .forEach(backend -> contributions.add(new Contribution.UpstreamTls(
                                new Site.OfOutbound(backend.clusterName()),
                                parameters(effective.conf()),
                                effective.origins()))));
        return contributions;
    }

    @Override
    public Outline outline(List<Matched<MeshTlsSpec>> matched) {
        return new Outline() {
            @Override
            public List<InboundRule<Conf>> of(InboundView inbound) {
                return rules(matched, policy -> policy.covers(inbound));
            }
        };
    }

    private static Optional<Effective<Conf>> merged(
            List<Matched<MeshTlsSpec>> matched, Predicate<Matched<MeshTlsSpec>> concerned) {
        return InboundRule.arrange(rules(matched, concerned)).fallback();
    }

    private static List<InboundRule<Conf>> rules(
            List<Matched<MeshTlsSpec>> matched, Predicate<Matched<MeshTlsSpec>> concerned) {
        List<InboundRule<Conf>> rules = new ArrayList<>();
        for (Matched<MeshTlsSpec> policy : matched) {
            for (int i = 0; concerned.test(policy) && i < policy.spec().rules().size(); i++) {
                int index = i;
                policy.spec()
                        .rules()
                        .get(i)
                        .conf()
                        .ifPresent(conf -> rules.add(new InboundRule<>(policy, index, Optional.empty(), conf)));
            }
        }
        return rules;
    }

    private static Contribution.InboundTls.Mode mode(Conf conf) {
        return conf.mode().filter(mode -> mode == Mode.PERMISSIVE).isPresent()
                ? Contribution.InboundTls.Mode.PERMISSIVE
                : Contribution.InboundTls.Mode.STRICT;
    }

    private static TlsParameters parameters(Conf conf) {
        return new TlsParameters(
                conf.tlsVersion().map(range -> version(range.min())).orElse(TlsParameters.Version.AUTO),
                conf.tlsVersion().map(range -> version(range.max())).orElse(TlsParameters.Version.AUTO),
                conf.tlsCiphers().stream().map(MeshTlsSpec.TlsCipher::text).toList());
    }

    private static TlsParameters.Version version(TlsVersion version) {
        return switch (version) {
            case AUTO -> TlsParameters.Version.AUTO;
            case TLS_1_0 -> TlsParameters.Version.TLS_1_0;
            case TLS_1_1 -> TlsParameters.Version.TLS_1_1;
            case TLS_1_2 -> TlsParameters.Version.TLS_1_2;
            case TLS_1_3 -> TlsParameters.Version.TLS_1_3;
        };
    }
}
