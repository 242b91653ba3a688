package io.higuma.schema;

import io.higuma.model.ResourceType;
import io.higuma.model.Scope;
import io.higuma.model.Shape;
import io.higuma.schema.bind.Legacy;
import io.higuma.schema.bind.RecordPlan;
import io.higuma.schema.bind.ValuePlan;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// Makes the JSON Schema (draft 2020-12) of a type out of its records: what [ResourceReader]
/// accepts, for editors and generators. It says less than the reader where fields depend on each
/// other, which validators judge.
public final class JsonSchema {

    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;
    private static final String DRAFT = "https://json-schema.org/draft/2020-12/schema";
    private static final String DURATION = "^(0|[-+]?(([0-9]+(\\.[0-9]*)?|\\.[0-9]+)(ns|us|µs|μs|ms|s|m|h))+)$";

    private JsonSchema() {}

    /// The schema of one type, envelope included. Equal for equal types: keys are in the order of the records.
    public static ObjectNode of(ResourceType<?> type) {
        ObjectNode schema = JSON.objectNode();
        schema.put("$schema", DRAFT).put("title", type.name());
        ObjectNode spec = object(RecordPlan.of(type.spec()));
        schema.put("type", "object");
        ObjectNode properties = schema.putObject("properties");
        properties.putObject("type").put("const", type.name());
        if (type.scope() == Scope.MESH) {
            describe(properties.putObject("mesh").put("type", "string"), "Name of the mesh.");
        }
        describe(properties.putObject("name").put("type", "string"), "Name of the resource.");
        ObjectNode labels = properties.putObject("labels").put("type", "object");
        labels.putObject("additionalProperties").put("type", "string");
        for (String time : new String[] {"creationTime", "modificationTime"}) {
            describe(
                    properties.putObject(time).put("type", "string").put("format", "date-time"),
                    "Set by the control plane; what is sent is passed over.");
        }
        properties.putObject("kri");
        properties.putObject("snis");
        properties.putObject("status");
        ArrayNode required = JSON.arrayNode().add("type").add("name");
        if (type.shape() == Shape.SPEC) {
            properties.set("spec", spec);
            required.add("spec");
        } else {
            properties.setAll((ObjectNode) spec.get("properties"));
            if (spec.get("required") instanceof ArrayNode more) {
                required.addAll(more);
            }
        }
        schema.set("required", required);
        schema.put("additionalProperties", false);
        return schema;
    }

    private static ObjectNode object(RecordPlan plan) {
        ObjectNode schema = JSON.objectNode().put("type", "object");
        ObjectNode properties = schema.putObject("properties");
        ArrayNode required = JSON.arrayNode();
        for (RecordPlan.Field field : plan.fields()) {
            ObjectNode value = value(field.value());
            range(field, value);
            fallback(field.value(), field.fallback(), value);
            describe(value, field.doc());
            properties.set(field.name(), value);
            if (field.required()) {
                required.add(field.name());
            }
        }
        Legacy.fields(plan.type())
                .forEach((name, replacement) -> describe(
                        properties.putObject(name).put("deprecated", true),
                        "Has no effect since 3.0, use " + replacement + " instead."));
        if (!required.isEmpty()) {
            schema.set("required", required);
        }
        return schema.put("additionalProperties", false);
    }

    private static ObjectNode value(ValuePlan plan) {
        ObjectNode schema = JSON.objectNode();
        return switch (plan) {
            case ValuePlan.Text text when text.form().isEmpty() -> schema.put("type", "string");
            case ValuePlan.Text text -> schema.put("type", "string").put("pattern", text.form());
            case ValuePlan.Whole whole
            when !whole.allowed().isEmpty() -> {
                ArrayNode numbers = schema.put("type", "integer").putArray("enum");
                whole.allowed().forEach(numbers::add);
                yield schema;
            }
            case ValuePlan.Whole whole when whole.wide() -> schema.put("type", "integer");
            case ValuePlan.Whole whole -> int32(schema.put("type", "integer"));
            case ValuePlan.Flag flag -> schema.put("type", "boolean");
            case ValuePlan.Span span -> schema.put("type", "string").put("pattern", DURATION);
            case ValuePlan.Base64 base64 -> schema.put("type", "string").put("contentEncoding", "base64");
            case ValuePlan.WholeOrText mixed -> {
                schema.putArray("type").add("integer").add("string");
                yield int32(schema);
            }
            case ValuePlan.Anything any -> schema;
            case ValuePlan.TextMap map -> {
                schema.put("type", "object").putObject("additionalProperties").put("type", "string");
                yield schema;
            }
            case ValuePlan.Items items -> {
                schema.put("type", "array").set("items", value(items.item()));
                yield schema;
            }
            case ValuePlan.Nested nested -> object(nested.plan());
            case ValuePlan.Choice choice -> {
                ArrayNode names = schema.put("type", "string").putArray("enum");
                choice.names().forEach(names::add);
                yield schema;
            }
        };
    }

    private static ObjectNode int32(ObjectNode schema) {
        return schema.put("minimum", Integer.MIN_VALUE).put("maximum", Integer.MAX_VALUE);
    }

    private static void range(RecordPlan.Field field, ObjectNode schema) {
        if (field.range() == null) {
            return;
        }
        String[] keywords = switch (field.value()) {
            case ValuePlan.Whole whole -> new String[] {"minimum", "maximum"};
            case ValuePlan.Items items -> new String[] {"minItems", "maxItems"};
            default -> new String[] {"minLength", "maxLength"};
        };
        if (field.range().min() != Long.MIN_VALUE) {
            schema.put(keywords[0], field.range().min());
        }
        if (field.range().max() != Long.MAX_VALUE) {
            schema.put(keywords[1], field.range().max());
        }
    }

    private static void fallback(ValuePlan plan, @Nullable String text, ObjectNode schema) {
        if (text == null) {
            return;
        }
        switch (plan) {
            case ValuePlan.Whole whole -> schema.put("default", Long.parseLong(text));
            case ValuePlan.Flag flag -> schema.put("default", Boolean.parseBoolean(text));
            default -> schema.put("default", text);
        }
    }

    private static void describe(ObjectNode schema, String text) {
        if (!text.isEmpty()) {
            schema.put("description", text);
        }
    }
}
