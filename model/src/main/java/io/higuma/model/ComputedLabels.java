package io.higuma.model;

/// Labels that the control plane sets on what is written through it (contract 2.6).
///
/// @param zone name of this control plane's zone
/// @param global whether this control plane stands above zones
public record ComputedLabels(String zone, boolean global) {

    private static final String ENVIRONMENT = "universal";

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
        // a Mesh stands above zones; a Zone, though global in scope, belongs to the one it is written in
        if (!global && (type.scope() == Scope.MESH || type.name().equals("Zone"))) {
            labels = labels.with(Labels.ZONE, zone);
            if (given.value(Labels.ENV).isEmpty()) {
                labels = labels.with(Labels.ENV, ENVIRONMENT);
            }
        }
        return labels;
    }
}
