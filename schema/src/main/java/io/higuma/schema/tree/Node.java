package io.higuma.schema.tree;

import io.higuma.model.Problem.Location;
import java.util.List;
import java.util.Optional;

/// A value of a document, and where it stands.
public sealed interface Node {

    Location at();

    record Text(String value, Location at) implements Node {
        @Override
        public String toString() {
            return "text";
        }
    }

    /// @param literal as written
    record Numeral(String literal, Location at) implements Node {}

    record Bool(boolean value, Location at) implements Node {}

    record Null(Location at) implements Node {}

    record Sequence(List<Node> items, Location at) implements Node {}

    record Mapping(List<Entry> entries, Location at) implements Node {

        public Optional<Node> value(String key) {
            for (Entry entry : entries) {
                if (entry.key().equals(key)) {
                    return Optional.of(entry.value());
                }
            }
            return Optional.empty();
        }
    }

    /// @param at where the key stands
    record Entry(String key, Node value, Location at) {}

    /// The name of the kind of value, as the contract's messages say it.
    default String kind() {
        return switch (this) {
            case Text text -> "string";
            case Numeral number -> "number";
            case Bool bool -> "boolean";
            case Null none -> "null";
            case Sequence sequence -> "array";
            case Mapping mapping -> "object";
        };
    }
}
