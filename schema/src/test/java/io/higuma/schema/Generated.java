package io.higuma.schema;

import io.higuma.schema.bind.RecordPlan;
import io.higuma.schema.bind.ValuePlan;
import java.util.Base64;
import java.util.Random;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// Random documents of a record's shape, from a seed.
final class Generated {

    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;
    private static final String[] DURATIONS = {"0s", "10s", "1m0s", "1h30m0s", "250ms", "1.5s"};
    private static final String[] TEXTS = {"a", "web", "127.0.0.1", "ünï", "yes", "007", "a: b", "- x", "{{ .Mesh }}"};

    private final Random random;

    Generated(long seed) {
        this.random = new Random(seed);
    }

    ObjectNode object(RecordPlan plan, boolean everything) {
        ObjectNode object = JSON.objectNode();
        for (RecordPlan.Field field : plan.fields()) {
            if (everything || field.required() || random.nextBoolean()) {
                object.set(field.name(), value(field, everything));
            }
        }
        return object;
    }

    private JsonNode value(RecordPlan.Field field, boolean everything) {
        if (field.value() instanceof ValuePlan.Items items) {
            ArrayNode array = JSON.arrayNode();
            int least =
                    field.range() == null ? 0 : (int) Math.max(0, field.range().min());
            for (int i = least + random.nextInt(3); i > 0; i--) {
                array.add(value(items.item(), everything));
            }
            return array;
        }
        if (field.value() instanceof ValuePlan.Whole && field.range() != null) {
            long least = Math.max(0, field.range().min());
            return JSON.numberNode(
                    least + random.nextLong(Math.min(field.range().max(), 65535) - least + 1));
        }
        return value(field.value(), everything);
    }

    private JsonNode value(ValuePlan plan, boolean everything) {
        return switch (plan) {
            case ValuePlan.Text text -> JSON.stringNode(TEXTS[random.nextInt(TEXTS.length)]);
            case ValuePlan.Whole whole -> JSON.numberNode(1 + random.nextInt(65535));
            case ValuePlan.Flag flag -> JSON.booleanNode(random.nextBoolean());
            case ValuePlan.Span span -> JSON.stringNode(DURATIONS[random.nextInt(DURATIONS.length)]);
            case ValuePlan.Base64 base64 -> {
                byte[] bytes = new byte[random.nextInt(20)];
                random.nextBytes(bytes);
                yield JSON.stringNode(Base64.getEncoder().encodeToString(bytes));
            }
            case ValuePlan.WholeOrText mixed ->
                random.nextBoolean() ? JSON.numberNode(random.nextInt(65535)) : JSON.stringNode("http");
            case ValuePlan.Anything any -> JSON.objectNode().put("a", 1.5).putNull("b");
            case ValuePlan.TextMap map -> {
                ObjectNode object = JSON.objectNode();
                for (int i = random.nextInt(3); i > 0; i--) {
                    object.put("k" + random.nextInt(5), TEXTS[random.nextInt(TEXTS.length)]);
                }
                yield object;
            }
            case ValuePlan.Items items -> JSON.arrayNode().add(value(items.item(), everything));
            case ValuePlan.Nested nested -> object(nested.plan(), everything);
            case ValuePlan.Choice choice ->
                JSON.stringNode(choice.names().get(random.nextInt(choice.names().size())));
        };
    }

    /// The same document with one value replaced, removed or renamed.
    JsonNode broken(JsonNode document) {
        JsonNode copy = document.deepCopy();
        JsonNode at = copy;
        while (true) {
            if (at instanceof ObjectNode object && !object.isEmpty()) {
                String[] names = object.propertyNames().toArray(String[]::new);
                String name = names[random.nextInt(names.length)];
                if (object.get(name).isContainer() && random.nextInt(4) != 0) {
                    at = object.get(name);
                    continue;
                }
                switch (random.nextInt(3)) {
                    case 0 -> object.remove(name);
                    case 1 -> object.set(name, rubbish());
                    default -> object.set(name + "x", object.remove(name));
                }
                return copy;
            }
            if (at instanceof ArrayNode array && !array.isEmpty()) {
                int index = random.nextInt(array.size());
                if (array.get(index).isContainer() && random.nextInt(4) != 0) {
                    at = array.get(index);
                    continue;
                }
                array.set(index, rubbish());
            }
            return copy;
        }
    }

    private JsonNode rubbish() {
        return switch (random.nextInt(8)) {
            case 0 -> JSON.nullNode();
            case 1 -> JSON.numberNode(random.nextLong());
            case 2 -> JSON.numberNode(-1.5e300);
            case 3 -> JSON.booleanNode(true);
            case 4 -> JSON.arrayNode();
            case 5 -> JSON.objectNode();
            case 6 -> JSON.stringNode("");
            default -> JSON.stringNode("bogus");
        };
    }
}
