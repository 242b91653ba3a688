package io.higuma.api.token;

import io.higuma.model.wire.Bytes;
import io.higuma.schema.tree.JsonTree;
import io.higuma.schema.tree.Limits;
import io.higuma.schema.tree.MalformedException;
import io.higuma.schema.tree.Node;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/// What a token is asked for with: the fields of all three kinds. Absent text is empty, absent lists are too.
record TokenRequest(
        String name,
        String mesh,
        SortedMap<String, List<String>> tags,
        String type,
        String workload,
        List<String> groups,
        ZoneScope zoneScope,
        String validFor) {

    /// The fields of zone tokens.
    record ZoneScope(String zone, List<String> scope) {}

    String zone() {
        return zoneScope.zone();
    }

    List<String> scope() {
        return zoneScope.scope();
    }

    /// Empty if the text is no JSON object, or a field is of another kind. Fields nobody knows are passed over.
    static Optional<TokenRequest> read(Bytes body) {
        try {
            if (!(JsonTree.read(body.array(), Limits.REQUEST) instanceof Node.Mapping fields)) {
                return Optional.empty();
            }
            return Optional.of(new TokenRequest(
                    text(fields, "name"),
                    text(fields, "mesh"),
                    tags(fields),
                    text(fields, "type"),
                    text(fields, "workload"),
                    texts(fields.value("groups")),
                    new ZoneScope(text(fields, "zone"), texts(fields.value("scope"))),
                    text(fields, "validFor")));
        } catch (MalformedException | UnfitException e) {
            return Optional.empty();
        }
    }

    private static String text(Node.Mapping fields, String key) throws UnfitException {
        return switch (fields.value(key).orElse(null)) {
            case null -> "";
            case Node.Null none -> "";
            case Node.Text text -> text.value();
            default -> throw new UnfitException();
        };
    }

    private static List<String> texts(Optional<Node> node) throws UnfitException {
        List<String> found = new ArrayList<>();
        switch (node.orElse(null)) {
            case null -> {}
            case Node.Null none -> {}
            case Node.Sequence sequence -> {
                for (Node item : sequence.items()) {
                    if (!(item instanceof Node.Text text)) {
                        throw new UnfitException();
                    }
                    found.add(text.value());
                }
            }
            default -> throw new UnfitException();
        }
        return found;
    }

    private static SortedMap<String, List<String>> tags(Node.Mapping fields) throws UnfitException {
        SortedMap<String, List<String>> tags = new TreeMap<>();
        switch (fields.value("tags").orElse(null)) {
            case null -> {}
            case Node.Null none -> {}
            case Node.Mapping given -> {
                for (Node.Entry entry : given.entries()) {
                    tags.put(entry.key(), texts(Optional.of(entry.value())));
                }
            }
            default -> throw new UnfitException();
        }
        return tags;
    }

    private static final class UnfitException extends Exception {
        private static final long serialVersionUID = 1L;

        UnfitException() {
            super("a field is of another kind than the contract says", null, false, false);
        }
    }
}
