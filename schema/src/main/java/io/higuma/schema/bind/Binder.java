package io.higuma.schema.bind;

import io.higuma.model.GoDuration;
import io.higuma.model.Problem.Location;
import io.higuma.model.annotation.Range;
import io.higuma.model.core.IntOrString;
import io.higuma.model.wire.Bytes;
import io.higuma.schema.tree.Node;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Makes a record out of a tree and collects everything that is wrong. The texts are those of the contract's
/// schema
/// validator (contract 3.2), because clients match on them.
public final class Binder {

    private final Findings findings;
    private final boolean lenient;

    /// @param lenient whether unknown fields are passed over: data that another version wrote
    public Binder(Findings findings, boolean lenient) {
        this.findings = findings;
        this.lenient = lenient;
    }

    /// The record, or null if a problem was found on the way.
    public @Nullable Object bind(RecordPlan plan, Node node, String path) {
        if (!(node instanceof Node.Mapping mapping)) {
            wrongKind("object", node, path);
            return null;
        }
        Set<String> known = new HashSet<>();
        List<RecordPlan.Field> fields = plan.fields();
        Object[] values = new Object[fields.size()];
        boolean complete = true;
        for (int i = 0; i < values.length; i++) {
            RecordPlan.Field field = fields.get(i);
            known.add(field.name());
            Object value = component(field, mapping.value(field.name()), join(path, field.name()), mapping.at());
            if (value == null) {
                complete = false;
            } else {
                values[i] = value;
            }
        }
        unknown(plan, mapping, path, known);
        return complete ? plan.create(values) : null;
    }

    /// Reports the entries that are no fields.
    private void unknown(RecordPlan plan, Node.Mapping mapping, String path, Set<String> known) {
        for (Node.Entry entry : mapping.entries()) {
            if (known.contains(entry.key()) || lenient) {
                continue;
            }
            Optional<String> replacement = Legacy.replacement(plan.type(), entry.key());
            if (replacement.isPresent()) {
                findings.warn("'" + join(path, entry.key()) + "' has no effect since 3.0, use " + replacement.get()
                        + " instead");
            } else {
                findings.schema(join(path, entry.key()), unknownText(entry.key(), known), entry.at());
            }
        }
    }

    /// The text about a field that does not exist, with the nearest that does.
    public static String unknownText(String name, Set<String> known) {
        return "unknown field"
                + Nearest.to(name, known)
                        .map(near -> ", did you mean '" + near + "'?")
                        .orElse("");
    }

    private @Nullable Object component(RecordPlan.Field field, Optional<Node> node, String path, Location holder) {
        if (node.isEmpty()) {
            if (field.required() && !lenient) {
                findings.schema(path, "in body is required", holder);
                return null;
            }
            return absent(field, path, holder);
        }
        Object value = value(field.value(), node.get(), path);
        if (value == null) {
            return null;
        }
        if (!lenient) {
            checkRange(field.range(), value, path, node.get().at());
        }
        return field.optional() ? Optional.of(value) : value;
    }

    private @Nullable Object absent(RecordPlan.Field field, String path, Location holder) {
        if (field.optional()) {
            return Optional.empty();
        }
        if (field.fallback() != null) {
            return value(field.value(), new Node.Text(field.fallback(), Location.NOWHERE), path);
        }
        return switch (field.value()) {
            case ValuePlan.Text text -> "";
            case ValuePlan.Whole whole -> whole.wide() ? (Object) 0L : (Object) 0;
            case ValuePlan.Flag flag -> false;
            case ValuePlan.Span span -> Duration.ZERO;
            case ValuePlan.Base64 base64 -> Bytes.wrap(new byte[0]);
            case ValuePlan.TextMap map -> Map.of();
            case ValuePlan.Items items -> List.of();
            case ValuePlan.Nested nested -> bind(nested.plan(), new Node.Mapping(List.of(), holder), path);
            case ValuePlan.Choice choice -> choice.constants().getFirst();
            case ValuePlan.WholeOrText mixed -> new IntOrString.OfInt(0);
        };
    }

    private @Nullable Object value(ValuePlan plan, Node node, String path) {
        return switch (plan) {
            case ValuePlan.Text text -> text(node, path);
            case ValuePlan.Whole whole -> whole(whole, node, path);
            case ValuePlan.Flag flag -> flag(node, path);
            case ValuePlan.Span span -> span(node, path);
            case ValuePlan.Base64 base64 -> base64(node, path);
            case ValuePlan.WholeOrText mixed -> mixed(node, path);
            case ValuePlan.TextMap map -> textMap(node, path);
            case ValuePlan.Items items -> items(items, node, path);
            case ValuePlan.Nested nested -> bind(nested.plan(), node, path);
            case ValuePlan.Choice choice -> choice(choice, node, path);
        };
    }

    private @Nullable String text(Node node, String path) {
        if (node instanceof Node.Text text) {
            return text.value();
        }
        wrongKind("string", node, path);
        return null;
    }

    private @Nullable Object flag(Node node, String path) {
        if (node instanceof Node.Bool bool) {
            return bool.value();
        }
        wrongKind("boolean", node, path);
        return null;
    }

    private @Nullable Object whole(ValuePlan.Whole plan, Node node, String path) {
        String literal = node instanceof Node.Numeral number
                ? number.literal()
                : plan.wide() && node instanceof Node.Text text ? text.value() : "";
        if (literal.isEmpty()) {
            wrongKind("integer", node, path);
            return null;
        }
        try {
            return plan.wide() ? (Object) Long.parseLong(literal) : (Object) Integer.parseInt(literal);
        } catch (NumberFormatException e) {
            findings.schema(
                    "",
                    "Checked value must be of type integer with format " + (plan.wide() ? "int64" : "int32") + " in "
                            + path + ", got " + literal,
                    node.at());
            return null;
        }
    }

    private @Nullable Object span(Node node, String path) {
        if (!(node instanceof Node.Text text)) {
            wrongKind("string", node, path);
            return null;
        }
        Optional<Duration> duration = GoDuration.parse(text.value());
        if (duration.isEmpty()) {
            findings.decode(
                    path, "\"" + text.value() + "\" is no duration, expected one like 10s, 1m30s or 250ms", node.at());
        }
        return duration.orElse(null);
    }

    private @Nullable Object base64(Node node, String path) {
        String text = text(node, path);
        if (text == null) {
            return null;
        }
        try {
            return Bytes.wrap(Base64.getDecoder().decode(text.strip()));
        } catch (IllegalArgumentException e) {
            findings.decode(path, "the value is not base64", node.at());
            return null;
        }
    }

    private @Nullable Object mixed(Node node, String path) {
        if (node instanceof Node.Text text) {
            return new IntOrString.OfString(text.value());
        }
        Object number = whole(new ValuePlan.Whole(false), node, path);
        return number instanceof Integer value ? new IntOrString.OfInt(value) : null;
    }

    private @Nullable Object textMap(Node node, String path) {
        if (!(node instanceof Node.Mapping mapping)) {
            wrongKind("object", node, path);
            return null;
        }
        Map<String, String> values = new TreeMap<>();
        boolean complete = true;
        for (Node.Entry entry : mapping.entries()) {
            String value = text(entry.value(), join(path, entry.key()));
            if (value == null) {
                complete = false;
            } else {
                values.put(entry.key(), value);
            }
        }
        return complete ? values : null;
    }

    private @Nullable Object items(ValuePlan.Items plan, Node node, String path) {
        if (!(node instanceof Node.Sequence sequence)) {
            wrongKind("array", node, path);
            return null;
        }
        List<Object> values = new ArrayList<>();
        boolean complete = true;
        for (int i = 0; i < sequence.items().size(); i++) {
            Object value = value(plan.item(), sequence.items().get(i), path + "[" + i + "]");
            if (value == null) {
                complete = false;
            } else {
                values.add(value);
            }
        }
        return complete ? values : null;
    }

    private @Nullable Object choice(ValuePlan.Choice plan, Node node, String path) {
        String text = text(node, path);
        if (text == null) {
            return null;
        }
        int index = plan.names().indexOf(text);
        if (index < 0) {
            findings.schema(path, "in body should be one of [" + String.join(" ", plan.names()) + "]", node.at());
            return null;
        }
        return plan.constants().get(index);
    }

    private void checkRange(@Nullable Range range, Object value, String path, Location at) {
        if (range == null) {
            return;
        }
        switch (value) {
            case Number number -> {
                if (number.longValue() < range.min()) {
                    findings.schema(path, "in body should be greater than or equal to " + range.min(), at);
                } else if (number.longValue() > range.max()) {
                    findings.schema(path, "in body should be less than or equal to " + range.max(), at);
                }
            }
            case String text -> {
                if (text.length() < range.min()) {
                    findings.schema(path, "in body should be at least " + range.min() + " chars long", at);
                } else if (text.length() > range.max()) {
                    findings.schema(path, "in body should be at most " + range.max() + " chars long", at);
                }
            }
            case List<?> list -> {
                if (list.size() < range.min()) {
                    findings.schema(path, "in body should have at least " + range.min() + " items", at);
                } else if (list.size() > range.max()) {
                    findings.schema(path, "in body should have at most " + range.max() + " items", at);
                }
            }
            default -> throw new IllegalStateException("no range for " + value.getClass());
        }
    }

    private void wrongKind(String expected, Node node, String path) {
        findings.schema(path, "in body must be of type " + expected + ": \"" + node.kind() + "\"", node.at());
    }

    private static String join(String path, String field) {
        return path.isEmpty() ? field : path + "." + field;
    }
}
