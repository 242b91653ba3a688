package io.higuma.schema.tree;

import io.higuma.model.Problem;
import io.higuma.model.Problem.Location;
import io.higuma.model.Problems;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Makes a tree out of a parser's events, and counts while it does.
final class TreeBuilder {

    private static final class Frame {
        final @Nullable List<Node> items;
        final @Nullable List<Node.Entry> entries;
        final Map<String, Location> keys = new HashMap<>();
        final Location at;

        @Nullable
        String key;

        Location keyAt = Location.NOWHERE;

        Frame(boolean mapping, Location at) {
            this.items = mapping ? null : new ArrayList<>();
            this.entries = mapping ? new ArrayList<>() : null;
            this.at = at;
        }
    }

    private final Limits limits;
    private final Problems duplicates = new Problems();
    private final Deque<Frame> open = new ArrayDeque<>();
    private int nodes;
    private @Nullable Node root;

    TreeBuilder(Limits limits) {
        this.limits = limits;
    }

    boolean inMapping() {
        Frame top = open.peek();
        return top != null && top.entries != null;
    }

    boolean awaitsKey() {
        Frame top = open.peek();
        return top != null && top.entries != null && top.key == null;
    }

    void open(boolean mapping, Location at) throws MalformedException {
        if (open.size() >= limits.depth()) {
            throw new MalformedException("nested deeper than " + limits.depth() + " levels", at);
        }
        open.push(new Frame(mapping, at));
    }

    /// A key that is there twice is told when the document is complete, together with all others.
    void key(String key, Location at) {
        Frame top = open.element();
        Location first = top.keys.putIfAbsent(key, at);
        if (first != null) {
            duplicates.add(new Problem("", "duplicate key \"" + key + "\", first in line " + first.line(), at));
        }
        top.key = key;
        top.keyAt = at;
    }

    void close() throws MalformedException {
        Frame frame = open.pop();
        value(
                frame.entries != null
                        ? new Node.Mapping(List.copyOf(frame.entries), frame.at)
                        : new Node.Sequence(frame.items == null ? List.of() : List.copyOf(frame.items), frame.at));
    }

    void value(Node node) throws MalformedException {
        if (++nodes > limits.nodes()) {
            throw new MalformedException("more than " + limits.nodes() + " values", node.at());
        }
        Frame top = open.peek();
        if (top == null) {
            if (!duplicates.isEmpty()) {
                throw new MalformedException(duplicates.found());
            }
            root = node;
        } else if (top.items != null) {
            top.items.add(node);
        } else if (top.entries != null && top.key != null) {
            top.entries.add(new Node.Entry(top.key, node, top.keyAt));
            top.key = null;
        }
    }

    @Nullable
    Node root() {
        return root;
    }

    static void checkSize(byte[] text, Limits limits) throws MalformedException {
        if (text.length > limits.bytes()) {
            throw new MalformedException(
                    text.length + " bytes are more than the " + limits.bytes()
                            + " that are read at once; split the document",
                    Location.NOWHERE);
        }
    }
}
