package io.higuma.model.core;

/// A value whose shape this program does not know: the configuration of a plug-in.
///
/// @param text JSON
public record AnyJson(String text) {

    /// Not the text: a plug-in's configuration may hold a secret.
    @Override
    public String toString() {
        return "[json]";
    }
}
