package io.higuma.api.inspect;

import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// From one JSON object to another as RFC 6902 operations. What is replaced or removed is tested first, so that an
/// operation says what was there.
final class JsonDiff {

    private JsonDiff() {}

    /// Empty if they are equal. Lists are replaced as a whole.
    static ArrayNode between(ObjectNode before, ObjectNode after) {
        ArrayNode operations = Shapes.JSON.arrayNode();
        compare("", before, after, operations);
        return operations;
    }

    private static void compare(String path, ObjectNode before, ObjectNode after, ArrayNode operations) {
        List<String> names = new ArrayList<>(before.propertyNames());
        after.propertyNames().stream().filter(name -> !before.has(name)).forEach(names::add);
        names.sort(null);
        for (String name : names) {
            String place = path + "/" + name.replace("~", "~0").replace("/", "~1");
            JsonNode old = before.get(name);
            JsonNode now = after.get(name);
            if (old == null) {
                operation("add", place, operations).set("value", now);
            } else if (now == null) {
                operation("test", place, operations).set("value", old);
                operation("remove", place, operations);
            } else if (old instanceof ObjectNode from && now instanceof ObjectNode to) {
                compare(place, from, to, operations);
            } else if (!old.equals(now)) {
                operation("test", place, operations).set("value", old);
                operation("replace", place, operations).set("value", now);
            }
        }
    }

    private static ObjectNode operation(String op, String path, ArrayNode operations) {
        return operations.addObject().put("op", op).put("path", path);
    }
}
