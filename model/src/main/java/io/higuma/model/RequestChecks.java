package io.higuma.model;

import java.util.List;
import java.util.Optional;
import java.util.Set;

/// What a write through the API is checked for beyond its spec: that it says where it was sent to, its name, its
/// labels (contract 3.4 and 6). Pure.
public final class RequestChecks {

    private static final Set<String> SERVICE_NAMES =
            Set.of("Mesh", "Zone", "MeshService", "MeshExternalService", "MeshMultiZoneService");

    private RequestChecks() {}

    /// Checks a resource against the place it was written to; all problems together.
    ///
    /// @param url the key that the URL names
    /// @param site the control plane that was asked
    public static void check(Resource resource, ResourceKey url, ComputedLabels site, Problems problems) {
        if (!resource.name().equals(url.name())) {
            problems.add("name", "name from the URL has to be the same as in body");
        }
        if (!resource.mesh().equals(url.mesh())) {
            problems.add("mesh", "mesh from the URL has to be the same as in body");
        }
        Names.checkName(resource.name(), problems);
        if (resource.type().scope() == Scope.MESH) {
            Names.checkMeshReference(resource.mesh(), problems);
        }
        Names.checkLabels(resource.labels(), problems);
        checkReservedLabels(resource, site, problems);
    }

    private static void checkReservedLabels(Resource resource, ComputedLabels site, Problems problems) {
        Labels labels = resource.labels();
        Optional<String> origin = labels.value(Labels.ORIGIN);
        boolean known =
                origin.filter(o -> !o.equals("global") && !o.equals("zone")).isEmpty();
        if (!known) {
            problems.add(path(Labels.ORIGIN), "unknown resource origin \"" + origin.get() + "\"");
        }
        if (site.global()) {
            if (origin.filter(o -> !o.equals("global")).isPresent()) {
                problems.add(path(Labels.ORIGIN), "the origin label must be set to 'global'");
            }
        } else if (origin.filter("global"::equals).isEmpty()) {
            checkPlace(resource, site, problems);
        }
        if (resource.type().policy().isPresent()) {
            labels.value(Labels.POLICY_ROLE)
                    .filter(role -> !role.equals("system"))
                    .ifPresent(role -> problems.add(
                            path(Labels.POLICY_ROLE),
                            "kuma.io/policy-role label should have system value, got " + role));
        }
    }

    private static void checkPlace(Resource resource, ComputedLabels site, Problems problems) {
        Labels labels = resource.labels();
        if (labels.value(Labels.ZONE).filter(z -> !z.equals(site.zone())).isPresent()) {
            problems.add(path(Labels.ZONE), "kuma.io/zone label should have " + site.zone() + " value");
        }
        if (labels.value(Labels.MESH).filter(m -> !m.equals(resource.mesh())).isPresent()) {
            problems.add(path(Labels.MESH), "kuma.io/mesh label must not differ from mesh set on resource");
        }
    }

    /// Checks the name of a resource that is about to be created. What is called over DNS needs a name that DNS
    /// takes; older resources keep theirs.
    public static void checkNewName(ResourceType<?> type, String name, Problems problems) {
        if (SERVICE_NAMES.contains(type.name())) {
            List<String> texts = Names.dns1035(name);
            if (!texts.isEmpty()) {
                problems.add("name", String.join(", ", texts));
            }
        }
    }

    /// Checks that an update does not move a resource to another zone.
    ///
    /// @param before the labels it is stored with
    /// @param after the computed labels of the update
    public static void checkImmutable(Labels before, Labels after, Problems problems) {
        before.value(Labels.ZONE).ifPresent(was -> {
            Optional<String> is = after.value(Labels.ZONE);
            if (is.isEmpty()) {
                problems.add(path(Labels.ZONE), "is immutable, cannot be removed (was \"" + was + "\")");
            } else if (!is.get().equals(was)) {
                problems.add(
                        path(Labels.ZONE),
                        "is immutable, cannot be changed from \"" + was + "\" to \"" + is.get() + "\"");
            }
        });
    }

    /// What is wrong with the workload a dataplane says it belongs to; empty if nothing is. The contract answers it
    /// as a bad request, not as an invalid resource.
    public static Optional<String> workloadProblem(Labels labels, ComputedLabels site) {
        Optional<String> workload = labels.value(Labels.WORKLOAD);
        if (workload.isEmpty()) {
            return Optional.empty();
        }
        if (site.global()) {
            return Optional.of(path(Labels.WORKLOAD) + ": not allowed on Global control plane");
        }
        List<String> texts = Names.dns1035(workload.get());
        return texts.isEmpty()
                ? Optional.empty()
                : Optional.of(path(Labels.WORKLOAD)
                        + ": must be a valid DNS-1035 label (at most 63 characters, matching regex"
                        + " [a-z]([-a-z0-9]*[a-z0-9])?): " + String.join("; ", texts));
    }

    private static String path(String label) {
        return Names.labelPath(label);
    }
}
