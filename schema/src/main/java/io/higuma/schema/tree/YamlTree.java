package io.higuma.schema.tree;

import io.higuma.model.Problem.Location;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Parse;
import org.snakeyaml.engine.v2.common.ScalarStyle;
import org.snakeyaml.engine.v2.events.AliasEvent;
import org.snakeyaml.engine.v2.events.DocumentStartEvent;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.events.MappingStartEvent;
import org.snakeyaml.engine.v2.events.NodeEvent;
import org.snakeyaml.engine.v2.events.ScalarEvent;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/// Reads YAML 1.2 (core schema), up to ten thousand documents. Anchors, aliases and tags are refused: what a person
/// reads is what is there, and a small text cannot stand for a huge one.
public final class YamlTree {

    private static final Pattern INT = Pattern.compile("[-+]?[0-9]+");
    private static final Pattern FLOAT = Pattern.compile("[-+]?(\\.[0-9]+|[0-9]+(\\.[0-9]*)?)([eE][-+]?[0-9]+)?");

    private static final int DOCUMENTS = 10_000;

    private YamlTree() {}

    /// The documents of a text, empty ones left out.
    ///
    /// @throws MalformedException if it is no YAML, has a key twice, an anchor or a tag, or is over a limit
    public static List<Node> read(byte[] text, Limits limits) throws MalformedException {
        List<Node> documents = new ArrayList<>();
        read(text, limits, documents::add);
        return documents;
    }

    /// As [#read(byte[], Limits)], handing over each document as soon as it is complete.
    public static void read(byte[] text, Limits limits, Consumer<Node> documents) throws MalformedException {
        TreeBuilder.checkSize(text, limits);
        LoadSettings settings = LoadSettings.builder()
                .setCodePointLimit(Integer.MAX_VALUE)
                .setUseMarks(true)
                .build();
        TreeBuilder builder = new TreeBuilder(limits);
        int count = 0;
        try {
            for (Event event : new Parse(settings).parseString(decode(text))) {
                if (event instanceof DocumentStartEvent) {
                    builder = new TreeBuilder(limits);
                } else if (event.getEventId() == Event.ID.DocumentEnd) {
                    Node root = builder.root();
                    if (root != null && !(root instanceof Node.Null)) {
                        if (++count > DOCUMENTS) {
                            throw new MalformedException("more than " + DOCUMENTS + " documents", root.at());
                        }
                        documents.accept(root);
                    }
                } else {
                    step(builder, event);
                }
            }
        } catch (MarkedYamlEngineException e) {
            throw new MalformedException(message(e), at(e.getProblemMark()));
        } catch (YamlEngineException e) {
            throw new MalformedException(String.valueOf(e.getMessage()), Location.NOWHERE);
        }
    }

    private static String decode(byte[] text) throws MalformedException {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(text))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new MalformedException("the text is not UTF-8", Location.NOWHERE);
        }
    }

    private static String message(MarkedYamlEngineException e) {
        String problem = String.valueOf(e.getProblem());
        return problem.contains("'\\t") || problem.contains("TAB")
                ? problem + ": YAML is indented with spaces, not with tabs"
                : problem;
    }

    private static void step(TreeBuilder builder, Event event) throws MalformedException {
        Location at = at(event.getStartMark());
        if (event instanceof AliasEvent) {
            throw new MalformedException("aliases (*name) are not read: write the value out", at);
        }
        if (event instanceof NodeEvent node && node.getAnchor().isPresent()) {
            throw new MalformedException("anchors (&name) are not read: write the value out", at);
        }
        switch (event.getEventId()) {
            case MappingStart, SequenceStart -> {
                if (builder.awaitsKey()) {
                    throw new MalformedException("a key must be text", at);
                }
                builder.open(event instanceof MappingStartEvent, at);
            }
            case MappingEnd, SequenceEnd -> builder.close();
            case Scalar -> scalar(builder, (ScalarEvent) event, at);
            default -> {
                // the stream's own start and end
            }
        }
    }

    private static void scalar(TreeBuilder builder, ScalarEvent scalar, Location at) throws MalformedException {
        if (scalar.getTag().isPresent()) {
            throw new MalformedException("tags (" + scalar.getTag().get() + ") are not read", at);
        }
        if (builder.awaitsKey()) {
            builder.key(scalar.getValue(), at);
        } else {
            builder.value(
                    scalar.getScalarStyle() == ScalarStyle.PLAIN
                            ? plain(scalar.getValue(), at)
                            : new Node.Text(scalar.getValue(), at));
        }
    }

    private static Node plain(String value, Location at) {
        return switch (value) {
            case "", "~", "null", "Null", "NULL" -> new Node.Null(at);
            case "true", "True", "TRUE" -> new Node.Bool(true, at);
            case "false", "False", "FALSE" -> new Node.Bool(false, at);
            default ->
                INT.matcher(value).matches() || FLOAT.matcher(value).matches()
                        ? new Node.Numeral(value, at)
                        : new Node.Text(value, at);
        };
    }

    private static Location at(Optional<Mark> mark) {
        return mark.map(m -> new Location(m.getLine() + 1, m.getColumn() + 1)).orElse(Location.NOWHERE);
    }
}
