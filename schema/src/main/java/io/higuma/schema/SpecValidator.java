package io.higuma.schema;

import io.higuma.model.Problems;
import io.higuma.model.Spec;
import java.util.List;

/// Checks what a schema cannot say: fields that depend on each other, formats, references inside the spec. Pure.
@FunctionalInterface
public interface SpecValidator<S extends Spec> {

    /// Adds every problem, with paths from the top of the document: `spec.to[0].default`, `networking.address`.
    void validate(S spec, Problems problems);

    /// Sentences for the author of a resource that is valid and yet may not do what was meant.
    default List<String> warnings(String name, S spec) {
        return List.of();
    }
}
