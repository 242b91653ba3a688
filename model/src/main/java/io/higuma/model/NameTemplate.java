package io.higuma.model;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The part of Go's template language that names and SPIFFE ids are made with: `{{ .Mesh }}` and `{{ label "key" }}`.
public final class NameTemplate {

    private static final Pattern VARIABLE = Pattern.compile("\\.([A-Za-z]+)");
    private static final Pattern FUNCTION = Pattern.compile("(?!label\\b)[A-Za-z_][A-Za-z0-9_]*(\\s.*)?");
    private static final Pattern LABEL = Pattern.compile("label\\s+\"([^\"]*)\"");

    private final List<Part> parts;

    private NameTemplate(List<Part> parts) {
        this.parts = List.copyOf(parts);
    }

    private sealed interface Part {
        record Literal(String text) implements Part {}

        record Variable(String name) implements Part {}

        record LabelValue(String key) implements Part {}
    }

    /// @param variables the names that may stand after a dot
    /// @throws IllegalArgumentException with a sentence that says what is wrong and where
    public static NameTemplate parse(String text, List<String> variables) {
        List<Part> parts = new ArrayList<>();
        int at = 0;
        while (true) {
            int open = text.indexOf("{{", at);
            if (open < 0) {
                parts.add(new Part.Literal(text.substring(at)));
                return new NameTemplate(parts);
            }
            int close = text.indexOf("}}", open);
            if (close < 0) {
                throw new IllegalArgumentException("template: :1: unclosed action");
            }
            parts.add(new Part.Literal(text.substring(at, open)));
            parts.add(action(text.substring(open + 2, close).strip(), open + 1, variables));
            at = close + 2;
        }
    }

    private static Part action(String action, int place, List<String> variables) {
        Matcher variable = VARIABLE.matcher(action);
        if (variable.matches()) {
            if (!variables.contains(variable.group(1))) {
                throw new IllegalArgumentException(
                        "unknown variable ." + variable.group(1) + " at character " + place + ", expected one of "
                                + variables.stream().map(v -> "." + v).toList());
            }
            return new Part.Variable(variable.group(1));
        }
        Matcher label = LABEL.matcher(action);
        if (label.matches()) {
            return new Part.LabelValue(label.group(1));
        }
        if (FUNCTION.matcher(action).matches()) {
            throw new IllegalArgumentException(
                    "template: :1: function \"" + action.split("\\s", 2)[0] + "\" not defined");
        }
        throw new IllegalArgumentException("unknown action {{ " + action + " }} at character " + place
                + ", expected {{ .Name }} or {{ label \"key\" }}");
    }

    /// Whether the template has the variable in it.
    public boolean uses(String variable) {
        return parts.contains(new Part.Variable(variable));
    }

    /// Whether the template asks for the value of the label.
    public boolean usesLabel(String key) {
        return parts.contains(new Part.LabelValue(key));
    }

    /// The labels whose values the template asks for.
    public List<String> labels() {
        return parts.stream()
                .filter(Part.LabelValue.class::isInstance)
                .map(part -> ((Part.LabelValue) part).key())
                .distinct()
                .toList();
    }

    /// The text with every action replaced.
    ///
    /// @throws IllegalArgumentException if a label is not there, or a variable has no value
    public String render(Map<String, String> variables, Labels labels) {
        StringBuilder text = new StringBuilder();
        for (Part part : parts) {
            switch (part) {
                case Part.Literal literal -> text.append(literal.text());
                case Part.Variable variable -> text.append(value(variables, variable.name()));
                case Part.LabelValue label ->
                    text.append(labels.value(label.key())
                            .orElseThrow(() -> new IllegalArgumentException("there is no label " + label.key())));
            }
        }
        return text.toString();
    }

    private static String value(Map<String, String> variables, String name) {
        String value = variables.getOrDefault(name, "");
        if (value.isEmpty()) {
            throw new IllegalArgumentException("." + name + " has no value here");
        }
        return value;
    }
}
