package io.higuma.cli.document;

import io.higuma.model.Problem;
import io.higuma.model.Problems;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// Reads a text of one or many YAML documents (JSON is YAML) into trees that know their places.
public final class Documents {

    /// As much text as the control plane would take in one request, several times over.
    private static final int MAX_CODE_POINTS = 16 << 20;
    /// An alias can stand for a large value; what it unfolds to is counted, so that a bomb ends here.
    private static final int MAX_VALUES = 1_000_000;

    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

    private final String source;
    private final Problems problems;
    private int values;

    private Documents(String source, Problems problems) {
        this.source = source;
        this.problems = problems;
    }

    /// All documents of a text; what is wrong with its form goes to `problems`. Empty documents are left out.
    public static List<Document> read(String source, String text, Problems problems) {
        return new Documents(source, problems).read(text);
    }

    private List<Document> read(String text) {
        LoadSettings settings = LoadSettings.builder()
                .setLabel(source)
                .setCodePointLimit(MAX_CODE_POINTS)
                .setAllowRecursiveKeys(false)
                .build();
        List<Document> documents = new ArrayList<>();
        try {
            for (Node root : new Compose(settings).composeAllFromString(text)) {
                document(root).ifPresent(documents::add);
            }
        } catch (MarkedYamlEngineException e) {
            String problem = e.getProblem() == null ? "not YAML" : e.getProblem();
            problems.add(new Problem("", "not YAML: " + problem, location(e.getProblemMark())));
        } catch (YamlEngineException e) {
            problems.add(new Problem("", "not YAML: " + e.getMessage()));
        } catch (TooLargeException e) {
            problems.add(new Problem("", "its aliases unfold to more than " + MAX_VALUES + " values"));
        }
        return documents;
    }

    private Optional<Document> document(Node root) {
        if (root.getTag().equals(Tag.NULL)) {
            return Optional.empty();
        }
        Problem.Location begin = location(root.getStartMark());
        if (!(root instanceof MappingNode mapping)) {
            problems.add(new Problem("", "expected a resource (`type: …`, `name: …`), found " + describe(root), begin));
            return Optional.empty();
        }
        Map<String, Problem.Location> places = new HashMap<>();
        places.put("", begin);
        ObjectNode content = object(mapping, "", places);
        return Optional.of(new Document(source, begin.line(), content, places));
    }

    private JsonNode value(Node node, String path, Map<String, Problem.Location> places) {
        if (++values > MAX_VALUES) {
            throw new TooLargeException();
        }
        return switch (node) {
            case MappingNode mapping -> object(mapping, path, places);
            case SequenceNode sequence -> array(sequence, path, places);
            case ScalarNode scalar -> scalar(scalar);
            default -> NODES.nullNode();
        };
    }

    private ObjectNode object(MappingNode mapping, String path, Map<String, Problem.Location> places) {
        ObjectNode object = NODES.objectNode();
        for (NodeTuple entry : mapping.getValue()) {
            Problem.Location place = location(entry.getKeyNode().getStartMark());
            if (!(entry.getKeyNode() instanceof ScalarNode key)) {
                problems.add(new Problem(path, "expected a name as key", place));
                continue;
            }
            String name = key.getValue();
            String below = below(path, name);
            if (object.has(name)) {
                problems.add(new Problem(below, "stands here twice", place));
                continue;
            }
            places.put(below, place);
            object.set(name, value(entry.getValueNode(), below, places));
        }
        return object;
    }

    private ArrayNode array(SequenceNode sequence, String path, Map<String, Problem.Location> places) {
        ArrayNode array = NODES.arrayNode();
        for (Node item : sequence.getValue()) {
            String below = path + "[" + array.size() + "]";
            places.put(below, location(item.getStartMark()));
            array.add(value(item, below, places));
        }
        return array;
    }

    /// Keys with characters of their own are written as the contract does: `labels["kuma.io/workload"]`.
    private static String below(String path, String key) {
        if (key.chars().allMatch(c -> Character.isLetterOrDigit(c) || c == '_' || c == '-')) {
            return path.isEmpty() ? key : path + "." + key;
        }
        return path + "[\"" + key + "\"]";
    }

    private static JsonNode scalar(ScalarNode scalar) {
        String text = scalar.getValue();
        Tag tag = scalar.getTag();
        if (tag.equals(Tag.NULL)) {
            return NODES.nullNode();
        }
        if (tag.equals(Tag.BOOL)) {
            return NODES.booleanNode(Boolean.parseBoolean(text));
        }
        if (tag.equals(Tag.INT) || tag.equals(Tag.FLOAT)) {
            return number(text);
        }
        return NODES.stringNode(text);
    }

    /// YAML has numbers that JSON has not (0x1F, 0o17, .inf, 08); those stay the text they are, for the control plane
    /// to judge.
    private static JsonNode number(String text) {
        try {
            return text.matches("[-+]?(0|[1-9][0-9]*)")
                    ? NODES.numberNode(new java.math.BigInteger(text))
                    : NODES.numberNode(new java.math.BigDecimal(text));
        } catch (NumberFormatException notJson) {
            return NODES.stringNode(text);
        }
    }

    private static String describe(Node node) {
        return switch (node) {
            case SequenceNode list -> "a list";
            case ScalarNode scalar -> "`" + shorten(scalar.getValue()) + "`";
            default -> "something else";
        };
    }

    private static String shorten(String text) {
        return text.length() <= 40 ? text : text.substring(0, 40) + "…";
    }

    private static Problem.Location location(Optional<Mark> mark) {
        return mark.map(m -> new Problem.Location(m.getLine() + 1, m.getColumn() + 1))
                .orElse(Problem.Location.NOWHERE);
    }

    private static final class TooLargeException extends RuntimeException {
        private static final long serialVersionUID = 1;
    }
}
