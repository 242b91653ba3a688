package io.higuma.schema.tree;

import io.higuma.model.Problem;
import io.higuma.model.Problem.Location;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Finds where a path such as `spec.to[0].targetRef` or `labels["a.b"]` stands in a document.
public final class Places {

    private static final Pattern STEP = Pattern.compile("\\.?([^.\\[\\]]+)|\\[(\\d{1,9})]|\\[\"([^\"]*)\"]");

    private Places() {}

    /// The place of the value at the path, or of the nearest value around it when the path leads nowhere.
    public static Location of(Node document, String path) {
        Node node = document;
        Location found = document.at();
        Matcher steps = STEP.matcher(path);
        while (steps.find()) {
            Optional<Node> next = step(node, steps);
            if (next.isEmpty()) {
                return found;
            }
            node = next.get();
            found = node.at();
        }
        return found;
    }

    /// The same problems, each with its place in the document.
    public static List<Problem> locate(Node document, List<Problem> problems) {
        return problems.stream()
                .map(p -> p.location().known() ? p : new Problem(p.path(), p.message(), of(document, p.path())))
                .toList();
    }

    private static Optional<Node> step(Node node, Matcher step) {
        if (step.group(2) != null) {
            int index = Integer.parseInt(step.group(2));
            return node instanceof Node.Sequence sequence
                            && index < sequence.items().size()
                    ? Optional.of(sequence.items().get(index))
                    : Optional.empty();
        }
        String key = step.group(1) != null ? step.group(1) : step.group(3);
        return node instanceof Node.Mapping mapping ? mapping.value(key) : Optional.empty();
    }
}
