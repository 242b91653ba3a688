package io.higuma.model;

import java.util.Set;

/// Labels that the control plane sets on what is written through it (contract 2.6).
///
/// @param zone name of this control plane's zone
/// @param global whether this control plane stands above zones
public record ComputedLabels(String zone, boolean global) {

    private static final String ENVIRONMENT = "universal";
    private static final Set<String> ZONAL = Set.of("Zone", "HostnameGenerator");

    /// The labels a resource is stored with.
    ///
    /// @param given the labels of its author
    public Labels of(ResourceType<?> type, String mesh, String name, Labels given) {
        Labels labels = given.with(Labels.DISPLAY_NAME, name).with(Labels.ORIGIN, global ? "global" : "zone");
        if (type.scope() == Scope.MESH && given.value(Labels.MESH).isEmpty()) {
            labels = labels.with(Labels.MESH, mesh);
        }
        // a service of several zones belongs to none
        if (type.name().equals("MeshMultiZoneService")) {
            return labels;
        }
        // a Mesh stands above zones; others of global scope belong to the zone they are written in
        if (!global && (type.scope() == Scope.MESH || ZONAL.contains(type.name()))) {
            labels = labels.with(Labels.ZONE, zone);
            if (given.value(Labels.ENV).isEmpty()) {
                labels = labels.with(Labels.ENV, ENVIRONMENT);
            }
        }
        return labels;
    }
}
