package io.higuma.schema.bind;

import java.util.List;

/// What kind of value a component holds.
public sealed interface ValuePlan {

    /// @param form the regular expression it matches; empty for any text
    record Text(String form) implements ValuePlan {}

    /// @param wide whether 64 bits are allowed
    /// @param allowed the only values; empty for all
    record Whole(boolean wide, List<Long> allowed) implements ValuePlan {
        public Whole {
            allowed = List.copyOf(allowed);
        }
    }

    record Flag() implements ValuePlan {}

    record Span() implements ValuePlan {}

    record Base64() implements ValuePlan {}

    record WholeOrText() implements ValuePlan {}

    /// Whatever its author wrote.
    record Anything() implements ValuePlan {}

    record TextMap() implements ValuePlan {}

    record Items(ValuePlan item) implements ValuePlan {}

    record Nested(RecordPlan plan) implements ValuePlan {}

    /// @param names in JSON, in the order of the constants
    /// @param listed the names as the contract's schema lists them for this component; empty where
    ///     it has none of its own
    record Choice(List<? extends Enum<?>> constants, List<String> names, List<String> listed) implements ValuePlan {
        public Choice {
            listed = List.copyOf(listed);
        }
    }

    /// The name of the kind, as the contract's messages say it.
    default String kind() {
        return switch (this) {
            case Text t -> "string";
            case Choice c -> "string";
            case Span s -> "string";
            case Base64 b -> "string";
            case Whole w -> "integer";
            case WholeOrText w -> "integer or string";
            case Flag f -> "boolean";
            case Anything a -> "any";
            case TextMap m -> "object";
            case Nested n -> "object";
            case Items i -> "array";
        };
    }
}
