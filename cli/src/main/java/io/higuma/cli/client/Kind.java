package io.higuma.cli.client;

import java.util.Locale;

/// A type of resource as the control plane describes it in `/_resources`.
///
/// @param name such as `MeshTimeout`
/// @param meshScoped inside a mesh or not
/// @param path its part of a URL, which is also its plural for people: `meshtimeouts`
/// @param shortName `mt`; empty if it has none
public record Kind(String name, boolean meshScoped, String path, String shortName) {

    /// The path of the collection in one mesh.
    public String list(String mesh) {
        return (meshScoped ? "/meshes/" + ControlPlane.segment(mesh) : "") + "/" + path;
    }

    /// The path of one resource.
    public String item(String mesh, String resource) {
        return list(mesh) + "/" + ControlPlane.segment(resource);
    }

    /// Whether a person who types this word means this type.
    boolean isCalled(String word) {
        String lower = word.toLowerCase(Locale.ROOT);
        String plain = lower.replace("-", "");
        return plain.equals(name.toLowerCase(Locale.ROOT))
                || lower.equals(path)
                || plain.equals(path.replace("-", ""))
                || lower.equals(shortName);
    }
}
