package io.higuma.cli;

import io.higuma.cli.client.Answer;
import io.higuma.cli.client.ControlPlane;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// A collection, read page by page.
///
/// @param found whether the collection exists: that of a mesh that does not is absent
/// @param items the resources, in the control plane's order
/// @param next the offset of what was not read; empty if all was
record Listing(boolean found, List<JsonNode> items, String next) {

    private static final int PAGE = 1000;
    private static final Pattern OFFSET = Pattern.compile("[?&]offset=([^&]+)");

    Listing {
        items = List.copyOf(items);
    }

    /// @param size at most so many; 0 for all
    static Listing read(ControlPlane controlPlane, String path, int size, @Nullable String offset) {
        List<JsonNode> items = new ArrayList<>();
        String from = offset == null ? "" : offset;
        do {
            String page = path + "?size=" + (size > 0 ? Math.min(size, PAGE) : PAGE)
                    + (from.isEmpty() ? "" : "&offset=" + ControlPlane.segment(from));
            Answer answer = controlPlane.read(page);
            if (!answer.found()) {
                return new Listing(false, List.of(), "");
            }
            JsonNode tree = answer.json();
            tree.path("items").forEach(items::add);
            // The address in `next` is the one the control plane knows itself by, which need not be ours.
            Matcher next = OFFSET.matcher(tree.path("next").asString(""));
            from = next.find() ? next.group(1) : "";
        } while (!from.isEmpty() && size == 0);
        return new Listing(true, items, from);
    }

    /// As the API writes a list.
    ObjectNode tree() {
        ObjectNode tree = JsonNodeFactory.instance.objectNode();
        tree.put("total", items.size());
        ArrayNode all = tree.putArray("items");
        items.forEach(all::add);
        if (next.isEmpty()) {
            tree.putNull("next");
        } else {
            tree.put("next", next);
        }
        return tree;
    }
}
