package io.higuma.schema.tree;

/// How much of a document is read before it is refused.
///
/// @param bytes size of the text
/// @param depth nesting of sequences and mappings
/// @param nodes values in all
public record Limits(int bytes, int depth, int nodes) {

    /// For requests: 3 MiB.
    public static final Limits REQUEST = new Limits(3 << 20, 100, 200_000);

    /// For files given to the command line: 16 MiB.
    public static final Limits FILE = new Limits(16 << 20, 100, 1_000_000);
}
