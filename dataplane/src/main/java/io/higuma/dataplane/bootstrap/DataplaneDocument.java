package io.higuma.dataplane.bootstrap;

import io.higuma.dataplane.StopException;
import io.higuma.model.Problem;
import io.higuma.model.Problems;
import io.higuma.schema.template.Template;
import java.util.Map;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.databind.JsonNode;
import tools.jackson.dataformat.yaml.YAMLMapper;

/// The Dataplane a person hands to the launcher, filled in and checked as far as this side can. The control plane
/// checks the rest.
///
/// @param mesh from the document; `default` if it names none
/// @param name from the document
/// @param json the document as JSON text, which is how the exchange carries it
public record DataplaneDocument(String mesh, String name, String json) {

    /// @param source what to call it in messages: a file's name
    /// @throws StopException telling everything that is wrong, with line and column
    public static DataplaneDocument read(String source, String text, Map<String, String> variables) {
        Problems problems = new Problems();
        String filled = Template.fill(text, variables, problems);
        stopOn(source, problems);
        JsonNode tree = parse(source, filled);
        if (!"Dataplane".equals(tree.path("type").asString(""))) {
            problems.add(
                    "type",
                    "expected `type: Dataplane`, found `" + tree.path("type").asString("") + "`");
        }
        if (tree.path("name").asString("").isEmpty()) {
            problems.add("name", "expected a name");
        }
        if (!tree.path("networking").isObject()) {
            problems.add("networking", "expected an object with address and inbound");
        } else if (tree.path("networking").path("address").asString("").isEmpty()) {
            problems.add("networking.address", "expected the address that other proxies reach this one at");
        }
        stopOn(source, problems);
        return new DataplaneDocument(
                tree.path("mesh").asString("default"), tree.path("name").asString(""), tree.toString());
    }

    private static JsonNode parse(String source, String text) {
        YAMLMapper mapper = YAMLMapper.builder()
                .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                .build();
        try {
            return mapper.readTree(text);
        } catch (JacksonException e) {
            TokenStreamLocation at = e.getLocation();
            Problems problems = new Problems();
            problems.add(new Problem(
                    "",
                    "not YAML: " + e.getOriginalMessage().lines().findFirst().orElse(""),
                    at == null ? Problem.Location.NOWHERE : new Problem.Location(at.getLineNr(), at.getColumnNr())));
            stopOn(source, problems);
            throw e;
        }
    }

    private static void stopOn(String source, Problems problems) {
        if (problems.isEmpty()) {
            return;
        }
        StringBuilder text = new StringBuilder("the dataplane is not valid:");
        for (Problem problem : problems.found()) {
            text.append("\n  ").append(source);
            if (problem.location().known()) {
                text.append(':')
                        .append(problem.location().line())
                        .append(':')
                        .append(problem.location().column());
            }
            text.append(": ")
                    .append(problem.path().isEmpty() ? "" : problem.path() + ": ")
                    .append(problem.message());
        }
        throw new StopException(StopException.REFUSED, text.toString());
    }
}
