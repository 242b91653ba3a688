package io.higuma.model;

import static org.assertj.core.api.Assertions.assertThat;

import io.higuma.model.core.CoreTypes;
import io.higuma.model.core.MeshServiceSpec;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RequestChecksTest {

    private static final ComputedLabels GLOBAL = new ComputedLabels("", true);
    private static final ComputedLabels ZONE = new ComputedLabels("east", false);

    private static Resource service(String name, Labels labels) {
        return new Resource(
                CoreTypes.MESH_SERVICE,
                CoreTypes.MESH_SERVICE.key("m", name),
                ResourceMeta.unstored(labels),
                new MeshServiceSpec(Optional.empty(), List.of(), List.of(), MeshServiceSpec.State.UNAVAILABLE),
                Optional.empty());
    }

    private static List<String> told(Resource resource, ResourceKey url, ComputedLabels site) {
        Problems problems = new Problems();
        RequestChecks.check(resource, url, site, problems);
        return problems.found().stream().map(p -> p.path() + ": " + p.message()).toList();
    }

    /// The table of contract 6, for a global control plane and one that stands alone.
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            nullValues = "fine",
            value = {
                "kuma.io/origin       | global | fine | fine",
                "kuma.io/origin       | zone   | the origin label must be set to 'global' | fine",
                "kuma.io/origin       | bogus  | 'unknown resource origin \"bogus\";the origin label must be set to ''global''' | unknown resource origin \"bogus\"",
                "kuma.io/zone         | west   | fine | kuma.io/zone label should have east value",
                "kuma.io/mesh         | other  | fine | kuma.io/mesh label must not differ from mesh set on resource",
                "kuma.io/policy-role  | consumer | fine | fine",
                "kuma.io/display-name | x      | fine | fine",
                "kuma.io/foo          | x      | fine | fine",
                "k8s.kuma.io/anything | x      | fine | fine",
            })
    void reservedLabels(String key, String value, String onGlobal, String onZone) {
        Resource resource = service("web", Labels.of(Map.of(key, value)));

        assertThat(told(resource, resource.key(), GLOBAL)).containsExactlyElementsOf(expected(key, onGlobal));
        assertThat(told(resource, resource.key(), ZONE)).containsExactlyElementsOf(expected(key, onZone));
    }

    private static List<String> expected(String key, String texts) {
        return texts == null
                ? List.of()
                : java.util.Arrays.stream(texts.split(";"))
                        .map(text -> "labels[\"" + key + "\"]: " + text)
                        .toList();
    }

    @Test
    void theBodyMustSayWhereItWasSent() {
        assertThat(told(service("web", Labels.NONE), CoreTypes.MESH_SERVICE.key("n", "other"), ZONE))
                .containsExactly(
                        "name: name from the URL has to be the same as in body",
                        "mesh: mesh from the URL has to be the same as in body");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            nullValues = "fine",
            value = {
                "web          | fine",
                "dotted.name  | fine",
                "1digit       | fine",
                "''           | name: cannot be empty",
                "Upper        | name: invalid characters",
                "under_score  | name: invalid characters",
                "-a           | name: invalid characters",
                "a.           | name: invalid characters",
            })
    void namesOfAnyKind(String name, String told) {
        Resource resource = service(name, Labels.NONE);

        List<String> found = told(resource, resource.key(), ZONE);
        if (told == null) {
            assertThat(found).isEmpty();
        } else {
            assertThat(found).singleElement().asString().startsWith(told);
        }
    }

    @Test
    void aNameHasAtMost253Characters() {
        Resource resource = service("a".repeat(254), Labels.NONE);

        assertThat(told(resource, resource.key(), ZONE)).containsExactly("name: value length must less or equal 253");
    }

    @ParameterizedTest
    @CsvSource({"web,0", "1digit,1", "dotted.name,1"})
    void aNewServiceNeedsANameThatDnsTakes(String name, int problems) {
        Problems found = new Problems();
        RequestChecks.checkNewName(CoreTypes.MESH_SERVICE, name, found);

        assertThat(found.found()).hasSize(problems);
    }

    @Test
    void aPolicyMayHaveADottedName() {
        Problems found = new Problems();
        RequestChecks.checkNewName(CoreTypes.MESH_IDENTITY, "a.b", found);

        assertThat(found.isEmpty()).isTrue();
    }

    @Test
    void aResourceStaysInItsZone() {
        Problems found = new Problems();
        Labels east = Labels.of(Map.of(Labels.ZONE, "east"));
        RequestChecks.checkImmutable(east, Labels.of(Map.of(Labels.ZONE, "west")), found);
        RequestChecks.checkImmutable(east, Labels.NONE, found);
        RequestChecks.checkImmutable(east, east, found);

        assertThat(found.found().stream().map(Problem::message))
                .containsExactly(
                        "is immutable, cannot be changed from \"east\" to \"west\"",
                        "is immutable, cannot be removed (was \"east\")");
    }

    @Test
    void labelsAreComputedAsTheContractShows() {
        assertThat(ZONE.of(CoreTypes.MESH_SERVICE, "m", "web", Labels.of(Map.of("team", "a", Labels.DISPLAY_NAME, "x")))
                        .entries())
                .isEqualTo(Map.of(
                        "team", "a",
                        "kuma.io/display-name", "web",
                        "kuma.io/env", "universal",
                        "kuma.io/mesh", "m",
                        "kuma.io/origin", "zone",
                        "kuma.io/zone", "east"));
        assertThat(ZONE.of(CoreTypes.MESH, "", "m", Labels.NONE).entries())
                .isEqualTo(Map.of("kuma.io/display-name", "m", "kuma.io/origin", "zone"));
    }

    @Test
    void aWorkloadIsADnsLabel() {
        assertThat(RequestChecks.workloadProblem(Labels.of(Map.of(Labels.WORKLOAD, "web")), ZONE))
                .isEmpty();
        assertThat(RequestChecks.workloadProblem(Labels.of(Map.of(Labels.WORKLOAD, "1.web")), ZONE)
                        .orElseThrow())
                .startsWith("labels[\"kuma.io/workload\"]: must be a valid DNS-1035 label (at most 63 characters");
        assertThat(RequestChecks.workloadProblem(Labels.of(Map.of(Labels.WORKLOAD, "web")), GLOBAL))
                .contains("labels[\"kuma.io/workload\"]: not allowed on Global control plane");
    }
}
