package io.higuma.dataplane.bootstrap;

import io.higuma.dataplane.StopException;
import io.higuma.model.Problem;
import io.higuma.model.Problems;
import io.higuma.schema.template.Template;
import io.higuma.schema.tree.JsonText;
import io.higuma.schema.tree.Limits;
import io.higuma.schema.tree.MalformedException;
import io.higuma.schema.tree.Node;
import io.higuma.schema.tree.YamlTree;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;

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
        Node tree = parse(source, filled, problems);
        if (!text(tree, "type").equals("Dataplane")) {
            problems.add(
                    new Problem("type", "expected `type: Dataplane`, found `" + text(tree, "type") + "`", tree.at()));
        }
        if (text(tree, "name").isEmpty()) {
            problems.add(new Problem("name", "expected a name", tree.at()));
        }
        if (text(tree, "networking", "address").isEmpty()) {
            problems.add(new Problem(
                    "networking.address", "expected the address that other proxies reach this one at", tree.at()));
        }
        stopOn(source, problems);
        String mesh = text(tree, "mesh");
        return new DataplaneDocument(mesh.isEmpty() ? "default" : mesh, text(tree, "name"), JsonText.write(tree));
    }

    private static Node parse(String source, String text, Problems problems) {
        List<Node> documents = List.of();
        try {
            documents = YamlTree.read(text.getBytes(StandardCharsets.UTF_8), Limits.FILE);
            if (documents.size() != 1) {
                problems.add("", "expected one document, found " + documents.size());
            }
        } catch (MalformedException e) {
            problems.add(e.problem());
        }
        stopOn(source, problems);
        return documents.getFirst();
    }

    /// The text at a path of keys; empty if there is none.
    private static String text(Node node, String... keys) {
        Node at = node;
        for (String key : keys) {
            Optional<Node> below = at instanceof Node.Mapping mapping ? mapping.value(key) : Optional.empty();
            if (below.isEmpty()) {
                return "";
            }
            at = below.get();
        }
        return at instanceof Node.Text text ? text.value() : "";
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
