package io.higuma.cli.document;

import io.higuma.cli.client.Json;
import io.higuma.model.Problem;
import io.higuma.model.Problems;
import io.higuma.schema.tree.JsonText;
import io.higuma.schema.tree.Limits;
import io.higuma.schema.tree.MalformedException;
import io.higuma.schema.tree.Node;
import io.higuma.schema.tree.YamlTree;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.node.ObjectNode;

/// Reads a text of one or many YAML documents (JSON is YAML) into resources that know their places.
public final class Documents {

    private Documents() {}

    /// All documents of a text; what is wrong with its form goes to `problems`. Empty documents are left out.
    public static List<Document> read(String source, String text, Problems problems) {
        List<Node> roots;
        try {
            roots = YamlTree.read(text.getBytes(StandardCharsets.UTF_8), Limits.FILE);
        } catch (MalformedException e) {
            problems.add(e.problem());
            return List.of();
        }
        List<Document> documents = new ArrayList<>();
        for (Node root : roots) {
            Map<String, Problem.Location> places = new HashMap<>();
            note(root, "", root.at(), places);
            if (Json.read(JsonText.write(root)) instanceof ObjectNode content) {
                documents.add(new Document(source, root.at().line(), content, places));
            } else {
                problems.add(new Problem(
                        "", "expected a resource (`type: …`, `name: …`), found a " + root.kind(), root.at()));
            }
        }
        return documents;
    }

    private static void note(Node node, String path, Problem.Location at, Map<String, Problem.Location> places) {
        places.put(path, at);
        switch (node) {
            case Node.Mapping mapping -> {
                for (Node.Entry entry : mapping.entries()) {
                    note(entry.value(), below(path, entry.key()), entry.at(), places);
                }
            }
            case Node.Sequence sequence -> {
                for (int i = 0; i < sequence.items().size(); i++) {
                    Node item = sequence.items().get(i);
                    note(item, path + "[" + i + "]", item.at(), places);
                }
            }
            case Node.Text text -> {}
            case Node.Numeral number -> {}
            case Node.Bool bool -> {}
            case Node.Null none -> {}
        }
    }

    /// Keys with characters of their own are written as the contract does: `labels["kuma.io/workload"]`.
    private static String below(String path, String key) {
        if (key.chars().allMatch(c -> Character.isLetterOrDigit(c) || c == '_' || c == '-')) {
            return path.isEmpty() ? key : path + "." + key;
        }
        return path + "[\"" + key + "\"]";
    }
}
