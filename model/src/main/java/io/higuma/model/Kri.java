package io.higuma.model;

/// A Kuma Resource Identifier: `kri_<short>_<mesh>_<zone>_<namespace>_<name>_<section>` (contract 3.2). Parts may be
/// empty, the underscores stay.
///
/// @param shortName the short name of the type
/// @param section the section of the resource, such as the name of a port; empty for the whole resource
public record Kri(String shortName, String mesh, String zone, String namespace, String name, String section) {

    private static final String PREFIX = "kri";
    private static final int PARTS = 7;

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

    /// The identifier a text stands for. One more underscore at the end is overheard, as the contract does.
    ///
    /// @throws IllegalArgumentException with the contract's words
    public static Kri parse(String text) {
        String[] parts = text.split("_", -1);
        boolean trailing = parts.length == PARTS + 1 && parts[PARTS].isEmpty();
        if (parts.length != PARTS && !trailing) {
            throw new IllegalArgumentException("invalid identifier string: \"" + text + "\"");
        }
        if (!parts[0].equals(PREFIX)) {
            throw new IllegalArgumentException("identifier must start with 'kri': \"" + text + "\"");
        }
        return new Kri(parts[1], parts[2], parts[3], parts[4], parts[5], parts[6]);
    }

    public Kri withSection(String replacement) {
        return new Kri(shortName, mesh, zone, namespace, name, replacement);
    }

    @Override
    public String toString() {
        return String.join("_", PREFIX, shortName, mesh, zone, namespace, name, section);
    }
}
