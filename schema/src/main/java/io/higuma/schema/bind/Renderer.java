package io.higuma.schema.bind;

import io.higuma.model.GoDuration;
import io.higuma.model.core.AnyJson;
import io.higuma.model.core.IntOrString;
import io.higuma.model.wire.Bytes;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// Makes JSON out of records. Absent values, empty lists and empty maps are left out.
///
/// @param dialect [Dialect#FLAT] leaves zero values out too and writes durations as seconds (contract 3.2); only
///     [Dialect#STORED] tells an absent object from an empty one in all cases
public record Renderer(Dialect dialect) {

    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

    public ObjectNode render(Object holder) {
        ObjectNode object = JSON.objectNode();
        for (RecordPlan.Field field : RecordPlan.of(holder.getClass()).fields()) {
            Object value = field.read(holder);
            if (value instanceof Optional<?> optional) {
                if (optional.isEmpty() && field.writing().emptyWritten() && dialect != Dialect.STORED) {
                    object.putObject(field.name());
                }
                optional.filter(present -> !protobuf() || !omitted(field, present))
                        .ifPresent(present -> object.set(field.name(), present(field, present)));
            } else if (!omitted(field, value) && !(protobuf() && isZero(value))) {
                object.set(field.name(), value(field.value(), value));
            }
        }
        return object;
    }

    private boolean protobuf() {
        return dialect == Dialect.FLAT;
    }

    private JsonNode present(RecordPlan.Field field, Object value) {
        JsonNode written = value(field.value(), value);
        if (dialect != Dialect.STORED && field.writing().zeroOmitted() && written instanceof ObjectNode object) {
            object.removeIf(number -> number.isNumber() && number.asLong() == 0);
        }
        return written;
    }

    private boolean omitted(RecordPlan.Field field, Object value) {
        return switch (value) {
            case Map<?, ?> map ->
                map.isEmpty() && !field.required() && !field.writing().emptyWritten();
            case List<?> list ->
                list.isEmpty() && !field.required() && !field.writing().emptyWritten();
            case String text -> text.isEmpty() && !field.required();
            case Enum<?> constant -> protobuf() && field.writing().zeroOmitted() && isFirst(field.value(), constant);
            case Integer number -> protobuf() && field.optional() && number == 0;
            default -> false;
        };
    }

    private static boolean isFirst(ValuePlan plan, Enum<?> constant) {
        return plan instanceof ValuePlan.Choice choice && choice.constants().getFirst() == constant;
    }

    private static boolean isZero(Object value) {
        return switch (value) {
            case Number number -> number.longValue() == 0;
            case Boolean flag -> !flag;
            case Bytes bytes -> bytes.size() == 0;
            default -> false;
        };
    }

    private JsonNode value(ValuePlan plan, Object value) {
        return switch (plan) {
            case ValuePlan.Text text -> JSON.stringNode((String) value);
            case ValuePlan.Whole whole -> whole(whole, (Number) value);
            case ValuePlan.Flag flag -> JSON.booleanNode((Boolean) value);
            case ValuePlan.Span span ->
                JSON.stringNode(
                        protobuf() ? GoDuration.printSeconds((Duration) value) : GoDuration.print((Duration) value));
            case ValuePlan.Base64 base64 ->
                JSON.stringNode(Base64.getEncoder().encodeToString(((Bytes) value).array()));
            case ValuePlan.WholeOrText mixed ->
                switch ((IntOrString) value) {
                    case IntOrString.OfInt number -> JSON.numberNode(number.value());
                    case IntOrString.OfString text -> JSON.stringNode(text.value());
                };
            case ValuePlan.Anything any -> JsonMapper.shared().readTree(((AnyJson) value).text());
            case ValuePlan.TextMap map -> {
                ObjectNode object = JSON.objectNode();
                ((Map<?, ?>) value).forEach((key, entry) -> object.put((String) key, (String) entry));
                yield object;
            }
            case ValuePlan.Items items -> {
                ArrayNode array = JSON.arrayNode();
                ((List<?>) value).forEach(item -> array.add(value(items.item(), item)));
                yield array;
            }
            case ValuePlan.Nested nested -> render(value);
            case ValuePlan.Choice choice ->
                JSON.stringNode(choice.names().get(choice.constants().indexOf(value)));
        };
    }

    /// Protobuf's JSON writes 64-bit numbers as text.
    private JsonNode whole(ValuePlan.Whole plan, Number value) {
        if (plan.wide()) {
            return protobuf() ? JSON.stringNode(value.toString()) : JSON.numberNode(value.longValue());
        }
        return JSON.numberNode(value.intValue());
    }
}
