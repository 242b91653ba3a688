package io.higuma.model;

/// A Kuma Resource Identifier: `kri_<short>_<mesh>_<zone>_<namespace>_<name>_<section>` (contract 3.2). Parts may be
/// empty, the underscores stay.
///
/// @param shortName the short name of the type
/// @param section the section of the resource, such as the name of a port; empty for the whole resource
public record Kri(String shortName, String mesh, String zone, String namespace, String name, String section) {

    /// The identifier of a resource: zone and namespace from its labels, the name from its display name.
    public static Kri of(Resource resource) {
        Labels labels = resource.labels();
        return new Kri(
                resource.type().names().shortName(),
                resource.mesh(),
                labels.value(Labels.ZONE).orElse(""),
                labels.value(Labels.NAMESPACE).orElse(""),
                resource.displayName(),
                "");
    }

    public Kri withSection(String replacement) {
        return new Kri(shortName, mesh, zone, namespace, name, replacement);
    }

    @Override
    public String toString() {
        return String.join("_", "kri", shortName, mesh, zone, namespace, name, section);
    }
}
