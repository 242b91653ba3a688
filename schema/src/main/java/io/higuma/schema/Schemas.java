package io.higuma.schema;

import io.higuma.model.Problem;
import io.higuma.model.Problems;
import io.higuma.model.Resource;
import io.higuma.model.ResourceType;
import io.higuma.model.ResourceTypes;
import io.higuma.model.Spec;
import io.higuma.schema.tree.Places;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The types a program knows, each with its validator. Immutable.
public final class Schemas {

    /// A type and what is checked beyond its schema.
    public record Schema<S extends Spec>(ResourceType<S> type, SpecValidator<S> validator) {

        void check(Resource resource, Problems problems) {
            validator.validate(resource.spec(type.spec()), problems);
        }

        List<String> warnings(Resource resource) {
            return validator.warnings(resource.name(), resource.spec(type.spec()));
        }
    }

    private final ResourceTypes types;
    private final Map<String, Schema<?>> byType;

    private Schemas(ResourceTypes types, Map<String, Schema<?>> byType) {
        this.types = types;
        this.byType = byType;
    }

    @SafeVarargs
    @SuppressWarnings("varargs") // the lists are only read
    public static Schemas of(List<? extends Schema<?>>... groups) {
        Map<String, Schema<?>> byType = new LinkedHashMap<>();
        List<ResourceType<?>> types = new ArrayList<>();
        for (List<? extends Schema<?>> group : groups) {
            for (Schema<?> schema : group) {
                byType.put(schema.type().name(), schema);
                types.add(schema.type());
            }
        }
        return new Schemas(ResourceTypes.of(types), byType);
    }

    public ResourceTypes types() {
        return types;
    }

    /// Everything that is wrong with the spec of a resource, beyond its schema.
    public Problems check(Resource resource) {
        Problems problems = new Problems();
        Schema<?> schema = byType.get(resource.type().name());
        if (schema != null) {
            schema.check(resource, problems);
        }
        return problems;
    }

    /// Everything that is wrong with a document, each problem with its place in it.
    public List<Problem> check(Parsed parsed) {
        List<Problem> all = new ArrayList<>(parsed.allProblems());
        Optional<Parsed.Ok> judged = parsed instanceof Parsed.Invalid invalid
                ? invalid.rest()
                : Optional.of(parsed).filter(Parsed.Ok.class::isInstance).map(Parsed.Ok.class::cast);
        judged.ifPresent(
                ok -> all.addAll(Places.locate(ok.source(), check(ok.resource()).found())));
        return all;
    }

    /// Sentences for the author of a valid resource.
    public List<String> warnings(Resource resource) {
        Schema<?> schema = byType.get(resource.type().name());
        return schema == null ? List.of() : schema.warnings(resource);
    }
}
