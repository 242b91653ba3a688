package io.higuma.schema.bind;

import io.higuma.model.GoDuration;
import io.higuma.model.Problem.Location;
import io.higuma.model.annotation.Range;
import io.higuma.model.core.AnyJson;
import io.higuma.model.core.IntOrString;
import io.higuma.model.core.Protocol;
import io.higuma.model.wire.Bytes;
import io.higuma.schema.tree.JsonText;
import io.higuma.schema.tree.Node;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Makes a record out of a tree and collects everything that is wrong. The texts are those of the contract's
/// schema validator (contract 3.2), because clients match on them.
public final class Binder {

    private static final Pattern WHOLE = Pattern.compile("[-+]?[0-9]{1,40}");

    private final Findings findings;
    private final Dialect dialect;

    public Binder(Findings findings, Dialect dialect) {
        this.findings = findings;
        this.dialect = dialect;
    }

    /// The record, or null if a problem was found on the way.
    public @Nullable Object bind(RecordPlan plan, Node node, String path) {
        if (!(node instanceof Node.Mapping mapping)) {
            wrongKind("object", node, path);
            return null;
        }
        List<RecordPlan.Field> fields = plan.fields();
        Object[] values = new Object[fields.size()];
        boolean complete = true;
        for (int i = 0; i < values.length; i++) {
            RecordPlan.Field field = fields.get(i);
            Object value = component(field, given(field, mapping), join(path, field.name()), mapping.at());
            if (value == null) {
                complete = false;
            } else {
                values[i] = value;
            }
        }
        if (dialect != Dialect.STORED) {
            unknown(plan, mapping, path);
        }
        return complete ? plan.create(values) : null;
    }

    /// The value that is given for a field; in flat types null is none.
    private Optional<Node> given(RecordPlan.Field field, Node.Mapping mapping) {
        return mapping.value(field.name()).filter(node -> dialect != Dialect.FLAT || !(node instanceof Node.Null));
    }

    /// Reports the entries that are no fields.
    private void unknown(RecordPlan plan, Node.Mapping mapping, String path) {
        for (Node.Entry entry : mapping.entries()) {
            if (plan.names().contains(entry.key())) {
                continue;
            }
            Optional<String> replacement = Legacy.replacement(plan.type(), entry.key());
            if (replacement.isPresent()) {
                findings.warn("'" + join(path, entry.key()) + "' has no effect since 3.0, use " + replacement.get()
                        + " instead");
            } else {
                findings.aside(join(path, entry.key()), unknownText(entry.key(), plan.names()), entry.at());
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
            return field.required() && dialect != Dialect.STORED
                    ? missing(field, path, holder)
                    : absent(field, path, holder);
        }
        Object value = value(field.value(), node.get(), path);
        if (value == null) {
            return null;
        }
        if (dialect != Dialect.STORED) {
            checkRange(field.range(), value, path, node.get().at());
        }
        return field.optional() ? Optional.of(value) : value;
    }

    /// What becomes of a required field that is not there. In flat types a number or text is zero then, and the
    /// validator of the type judges zero.
    private @Nullable Object missing(RecordPlan.Field field, String path, Location holder) {
        if (dialect == Dialect.SPEC) {
            findings.schema(path, "in body is required", holder);
            return null;
        }
        return switch (field.value()) {
            case ValuePlan.Nested nested -> {
                findings.schema(path, "must be defined", holder);
                yield null;
            }
            case ValuePlan.Choice choice -> {
                findings.schema(path, field.name() + " must be " + String.join(" or ", choice.names()), holder);
                yield null;
            }
            default -> absent(field, path, holder);
        };
    }

    private @Nullable Object absent(RecordPlan.Field field, String path, Location holder) {
        if (field.optional()) {
            return Optional.empty();
        }
        if (field.fallback() != null) {
            return value(field.value(), literal(field.value(), field.fallback()), path);
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
            case ValuePlan.Anything any -> new AnyJson("null");
        };
    }

    /// A default, which annotations give as text, as the kind of value the component takes.
    private static Node literal(ValuePlan plan, String fallback) {
        return switch (plan) {
            case ValuePlan.Whole whole -> new Node.Numeral(fallback, Location.NOWHERE);
            case ValuePlan.Flag flag -> new Node.Bool(Boolean.parseBoolean(fallback), Location.NOWHERE);
            default -> new Node.Text(fallback, Location.NOWHERE);
        };
    }

    private @Nullable Object value(ValuePlan plan, Node node, String path) {
        return switch (plan) {
            case ValuePlan.Text text -> text(text, node, path);
            case ValuePlan.Whole whole -> whole(whole, node, path);
            case ValuePlan.Flag flag -> flag(node, path);
            case ValuePlan.Span span -> span(node, path);
            case ValuePlan.Base64 base64 -> base64(node, path);
            case ValuePlan.WholeOrText mixed -> mixed(node, path);
            case ValuePlan.Anything any -> new AnyJson(JsonText.write(node));
            case ValuePlan.TextMap map -> textMap(node, path);
            case ValuePlan.Items items -> items(items, node, path);
            case ValuePlan.Nested nested -> bind(nested.plan(), node, path);
            case ValuePlan.Choice choice -> choice(choice, node, path);
        };
    }

    private @Nullable String text(ValuePlan.Text plan, Node node, String path) {
        String text = text(node, path);
        if (text != null
                && !plan.form().isEmpty()
                && dialect != Dialect.STORED
                && !Pattern.compile(plan.form()).matcher(text).matches()) {
            findings.schema(path, "in body should match '" + plan.form() + "'", node.at());
        }
        return text;
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
        String literal = switch (node) {
            case Node.Numeral number -> number.literal();
            case Node.Text text when plan.wide() && dialect == Dialect.FLAT -> text.value();
            default -> "";
        };
        if (!WHOLE.matcher(literal).matches()) {
            wrongKind("integer", node, path);
            allowed(plan, literal, node, path);
            return null;
        }
        allowed(plan, literal, node, path);
        if (dialect == Dialect.FLAT && literal.startsWith("-")) {
            findings.decode(path, "must not be negative: " + literal, node.at());
            return null;
        }
        try {
            return plan.wide() ? (Object) Long.parseLong(literal) : (Object) Integer.parseInt(literal);
        } catch (NumberFormatException e) {
            findings.schema(
                    "",
                    "Checked value must be of type integer with format " + (plan.wide() ? "int64" : "int32") + " in "
                            + path,
                    node.at());
            return null;
        }
    }

    private void allowed(ValuePlan.Whole plan, String literal, Node node, String path) {
        if (plan.allowed().isEmpty() || dialect == Dialect.STORED) {
            return;
        }
        List<String> names = plan.allowed().stream().map(String::valueOf).toList();
        if (!names.contains(literal)) {
            findings.schema(path, "in body should be one of [" + String.join(" ", names) + "]", node.at());
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
        Object number = whole(new ValuePlan.Whole(false, List.of()), node, path);
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
        int index = text == null ? -1 : plan.names().indexOf(text);
        if (index >= 0) {
            return plan.constants().get(index);
        }
        if (plan.constants().getFirst() instanceof Protocol && plan.listed().isEmpty()) {
            return text == null ? null : protocol(plan, text, node, path);
        }
        List<String> names = plan.listed().isEmpty() ? plan.names() : plan.listed();
        String message = "in body should be one of [" + String.join(" ", names) + "]";
        if (dialect == Dialect.FLAT) {
            findings.decode(path, message, node.at());
        } else {
            findings.schema(path, message, node.at());
        }
        return null;
    }

    /// A protocol is a plain string in the contract's schema and judged after it, hence texts of its own.
    private @Nullable Object protocol(ValuePlan.Choice plan, String text, Node node, String path) {
        if (text.equals("kafka")) {
            findings.warn("'" + path + "': kafka is not supported since 3.0, the traffic is treated as tcp");
            return Protocol.TCP;
        }
        String allowed = String.join(", ", plan.names().stream().sorted().toList());
        findings.aside(
                path,
                dialect == Dialect.FLAT
                        ? "has an invalid value \"" + text + "\". Allowed values: " + allowed
                        : path.substring(path.lastIndexOf('.') + 1) + " must be one of: " + allowed,
                node.at());
        return Protocol.TCP;
    }

    private void checkRange(@Nullable Range range, Object value, String path, Location at) {
        if (range == null) {
            return;
        }
        switch (value) {
            case Number number -> {
                if (number.longValue() < range.min()) {
                    findings.schema(path, "in body should be greater than or equal to " + bound(range.min()), at);
                } else if (number.longValue() > range.max()) {
                    findings.schema(path, "in body should be less than or equal to " + bound(range.max()), at);
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

    /// A bound as the contract's checker prints it: from a million on as a power of ten.
    private static String bound(long value) {
        if (value < 1_000_000) {
            return Long.toString(value);
        }
        String digits = Long.toString(value);
        String rest = digits.substring(1).replaceAll("0+$", "");
        int power = digits.length() - 1;
        return digits.charAt(0) + (rest.isEmpty() ? "" : "." + rest) + "e+" + (power < 10 ? "0" : "") + power;
    }

    private void wrongKind(String expected, Node node, String path) {
        String message = "in body must be of type " + expected + ": \"" + node.kind() + "\"";
        if (dialect == Dialect.FLAT) {
            findings.decode(path, message, node.at());
        } else {
            findings.schema(path, message, node.at());
        }
    }

    private static String join(String path, String field) {
        return path.isEmpty() ? field : path + "." + field;
    }
}
