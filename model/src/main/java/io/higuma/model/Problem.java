package io.higuma.model;

/// One thing that is wrong with an input.
///
/// @param path where it stands, as the contract writes it: `spec.to[0].targetRef.kind`; empty for the whole document
/// @param message what was found and what was expected
/// @param location where it stands in the text; [Location#NOWHERE] when the input had no text
public record Problem(String path, String message, Location location) {

    public Problem(String path, String message) {
        this(path, message, Location.NOWHERE);
    }

    /// A place in a text.
    ///
    /// @param line from 1; 0 means unknown
    /// @param column from 1; 0 means unknown
    public record Location(int line, int column) {
        public static final Location NOWHERE = new Location(0, 0);

        public boolean known() {
            return line > 0;
        }
    }
}
