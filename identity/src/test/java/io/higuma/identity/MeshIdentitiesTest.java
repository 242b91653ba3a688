package io.higuma.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.higuma.model.Labels;
import io.higuma.model.Resource;
import io.higuma.model.ResourceMeta;
import io.higuma.model.core.CoreTypes;
import io.higuma.model.core.LabelSelector;
import io.higuma.model.core.MeshIdentitySpec;
import io.higuma.model.core.MeshTrustSpec;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class MeshIdentitiesTest {

    private static final Labels WEB = Labels.of(Map.of("kuma.io/workload", "web", "team", "blue"));

    private static Resource identity(String name, Optional<Map<String, String>> selector, Optional<String> path) {
        MeshIdentitySpec spec = new MeshIdentitySpec(
                selector.map(labels -> new MeshIdentitySpec.Selector(Optional.of(new LabelSelector(labels)))),
                path.map(p -> new MeshIdentitySpec.SpiffeId(Optional.empty(), Optional.of(p))),
                Optional.empty());
        return new Resource(
                CoreTypes.MESH_IDENTITY,
                CoreTypes.MESH_IDENTITY.key("default", name),
                ResourceMeta.unstored(Labels.NONE),
                spec,
                Optional.empty());
    }

    @Test
    void anEmptySelectorIsForEverybodyAndNoneIsForNobody() {
        Resource all = identity("all", Optional.of(Map.of()), Optional.empty());
        Resource none = identity("none", Optional.empty(), Optional.empty());

        assertThat(MeshIdentities.select(List.of(none, all), WEB)).contains(all);
        assertThat(MeshIdentities.select(List.of(none), WEB)).isEmpty();
    }

    @Test
    void moreLabelsWinThenTheNameThatSortsFirst() {
        Resource all = identity("a-all", Optional.of(Map.of()), Optional.empty());
        Resource team = identity("team", Optional.of(Map.of("team", "blue")), Optional.empty());
        Resource other = identity("also-team", Optional.of(Map.of("team", "blue")), Optional.empty());

        assertThat(MeshIdentities.select(List.of(all, team, other), WEB)).contains(other);
    }

    @Test
    void theIdIsMadeFromMeshZoneAndWorkload() {
        Resource identity = identity("i", Optional.of(Map.of()), Optional.empty());

        assertThat(MeshIdentities.spiffeId(identity, "east", WEB).text())
                .isEqualTo("spiffe://default.east.mesh.local/workload/web");
        assertThat(MeshIdentities.dependsOnWorkload(identity)).isTrue();
    }

    @Test
    void aTemplateMayUseLabels() {
        Resource identity = identity("i", Optional.of(Map.of()), Optional.of("/team/{{ label \"team\" }}"));

        assertThat(MeshIdentities.spiffeId(identity, "east", WEB).text())
                .isEqualTo("spiffe://default.east.mesh.local/team/blue");
        assertThat(MeshIdentities.dependsOnWorkload(identity)).isFalse();
    }

    @Test
    void theWorkloadLabelByItsNameIsTheWorkloadToo() {
        Resource inPath = identity("i", Optional.of(Map.of()), Optional.of("/{{ label \"kuma.io/workload\" }}"));
        MeshIdentitySpec inDomain = new MeshIdentitySpec(
                Optional.empty(),
                Optional.of(new MeshIdentitySpec.SpiffeId(Optional.of("{{ .Workload }}.local"), Optional.of("/all"))),
                Optional.empty());

        assertThat(MeshIdentities.dependsOnWorkload(inPath)).isTrue();
        assertThat(MeshIdentities.dependsOnWorkload(
                        new Resource(CoreTypes.MESH_IDENTITY, inPath.key(), inPath.meta(), inDomain, Optional.empty())))
                .isTrue();
    }

    @Test
    void whatIsNoSpiffeIdIsRefusedWithASentence() {
        for (String path : List.of("/a b", "/\u00e9", "/a//b", "/a/", "/../a", "/a/.", "/?q", "/" + "a".repeat(2000))) {
            Resource identity = identity("i", Optional.of(Map.of()), Optional.of(path));

            assertThatThrownBy(() -> MeshIdentities.spiffeId(identity, "east", WEB))
                    .as(path)
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("the path of a SPIFFE id");
        }
        Resource fine = identity("i", Optional.of(Map.of()), Optional.of("/..a/B-c_d.e"));
        assertThat(MeshIdentities.spiffeId(fine, "east", WEB).text()).endsWith("/..a/B-c_d.e");
        assertThatThrownBy(() -> MeshIdentities.spiffeId(fine, "East", WEB)).hasMessageContaining("trust domain");
    }

    @Test
    void whoHasNoWorkloadGetsASentenceInsteadOfAnId() {
        Resource identity = identity("i", Optional.of(Map.of()), Optional.empty());

        assertThatThrownBy(() -> MeshIdentities.spiffeId(identity, "east", Labels.NONE))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("Workload");
    }

    @Test
    void trustIsTheUnionOfAllMeshTrustsEachCertificateOnce() {
        SecureRandom random = new SecureRandom();
        String one = CertificateAuthority.generate("td", Instant.now(), random).certificatePem();
        String two = CertificateAuthority.generate("td", Instant.now(), random).certificatePem();

        var bundles = TrustBundles.union(List.of(trust("b", two, one), trust("a", one)));

        assertThat(bundles.keySet()).containsExactly("td");
        assertThat(Pem.certificates(new String(bundles.get("td").array()))).hasSize(2);
        assertThat(TrustBundles.union(List.of(trust("a", one), trust("b", two, one))))
                .isEqualTo(bundles);
    }

    @Test
    void aTrustDomainWithoutACertificateIsLeftOut() {
        String rubbish = Pem.encode("CERTIFICATE", new byte[] {1, 2, 3});

        assertThat(TrustBundles.union(List.of(trust("a", rubbish)))).isEmpty();
    }

    private static Resource trust(String name, String... pems) {
        MeshTrustSpec spec = new MeshTrustSpec(
                List.of(pems).stream()
                        .map(pem -> new MeshTrustSpec.CaBundle(
                                MeshTrustSpec.BundleType.PEM, Optional.of(new MeshTrustSpec.Pem(pem))))
                        .toList(),
                "td");
        return new Resource(
                CoreTypes.MESH_TRUST,
                CoreTypes.MESH_TRUST.key("default", name),
                ResourceMeta.unstored(Labels.NONE),
                spec,
                Optional.empty());
    }
}
