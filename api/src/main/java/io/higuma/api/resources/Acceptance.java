package io.higuma.api.resources;

import io.higuma.api.http.ApiException;
import io.higuma.model.ComputedLabels;
import io.higuma.model.Problem;
import io.higuma.model.Problems;
import io.higuma.model.RequestChecks;
import io.higuma.model.Resource;
import io.higuma.model.ResourceKey;
import io.higuma.model.ResourceType;
import io.higuma.model.Shape;
import io.higuma.model.core.Additions;
import io.higuma.model.core.CoreTypes;
import io.higuma.schema.Parsed;
import io.higuma.schema.Schemas;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Decides whether a body may be written, and what is stored if so (contract 3.4). Pure: everything it needs is given.
final class Acceptance {

    private static final String PROCESS = "Could not process a resource";

    private final Schemas schemas;
    private final ComputedLabels site;

    Acceptance(Schemas schemas, ComputedLabels site) {
        this.schemas = schemas;
        this.site = site;
    }

    /// A resource that may be written, if its author may.
    ///
    /// @param resource with the labels its author gave
    /// @param warnings sentences for its author
    record Accepted(Resource resource, List<String> warnings) {}

    /// Checks everything that can be checked before anybody asks who writes.
    ///
    /// @param url the key that the URL names
    /// @throws ApiException with all problems
    Accepted check(ResourceType<?> type, Parsed parsed, ResourceKey url) {
        return switch (parsed) {
            case Parsed.Undecodable undecodable ->
                throw ApiException.badRequest(
                        "invalid " + type.name() + " object: \"" + sentence(undecodable.problems()) + "\"");
            case Parsed.Invalid invalid -> throw ApiException.invalid(PROCESS, problems(type, invalid, url));
            case Parsed.Ok ok -> {
                Resource resource = ok.resource();
                Problems problems = new Problems();
                schemas.check(ok).forEach(problems::add);
                RequestChecks.check(resource, url, site, problems);
                if (!problems.isEmpty()) {
                    throw ApiException.invalid(PROCESS, problems.found());
                }
                List<String> warnings = new ArrayList<>(ok.warnings());
                warnings.addAll(schemas.warnings(resource));
                yield new Accepted(resource, warnings);
            }
        };
    }

    /// What is wrong with a document that is no resource. Flat types have no schema that hides what is wrong beside it.
    private List<Problem> problems(ResourceType<?> type, Parsed.Invalid invalid, ResourceKey url) {
        if (invalid.rest().isPresent()) {
            Problems problems = new Problems();
            schemas.check(invalid).forEach(problems::add);
            RequestChecks.check(invalid.rest().get().resource(), url, site, problems);
            return problems.found();
        }
        if (type.shape() == Shape.SPEC) {
            return invalid.problems();
        }
        String name = invalid.subject().name().orElse("");
        List<Problem> all = new ArrayList<>();
        if (!name.equals(url.name())) {
            all.add(new Problem("name", "name from the URL has to be the same as in body"));
        }
        all.addAll(invalid.problems());
        if (name.isEmpty()) {
            all.add(new Problem("name", "cannot be empty"));
        }
        return all;
    }

    private static String sentence(List<Problem> problems) {
        List<String> texts = new ArrayList<>();
        for (Problem problem : problems) {
            String place = problem.location().known()
                    ? " (line " + problem.location().line() + ", column "
                            + problem.location().column() + ")"
                    : "";
            texts.add((problem.path().isEmpty() ? "" : problem.path() + ": ") + problem.message() + place);
        }
        return String.join("; ", texts);
    }

    /// What is stored: with computed labels, and with the status that was found for the stored one.
    ///
    /// @param stored what is there now
    /// @throws ApiException if the resource may not become this
    Resource become(Resource resource, Optional<Resource> stored) {
        if (resource.type().equals(CoreTypes.DATAPLANE)) {
            RequestChecks.workloadProblem(resource.labels(), site).ifPresent(text -> {
                throw ApiException.badRequest("bad request: " + text);
            });
        }
        Problems problems = new Problems();
        if (stored.isEmpty()) {
            RequestChecks.checkNewName(resource.type(), resource.name(), problems);
            reject("Failed to create a resource", problems);
        }
        Resource complete = Additions.to(resource, site);
        stored.ifPresent(before -> RequestChecks.checkImmutable(before.labels(), complete.labels(), problems));
        reject("Could not update a resource", problems);
        return stored.flatMap(Resource::status).map(complete::withStatus).orElse(complete);
    }

    private static void reject(String title, Problems problems) {
        if (!problems.isEmpty()) {
            throw ApiException.invalid(title, problems.found());
        }
    }
}
