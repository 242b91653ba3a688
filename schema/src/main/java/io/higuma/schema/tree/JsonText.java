package io.higuma.schema.tree;

import java.util.regex.Pattern;

/// Writes a tree as JSON, as compact as it gets and in the order of the document.
public final class JsonText {

    private static final Pattern NUMBER = Pattern.compile("-?(0|[1-9][0-9]*)(\\.[0-9]+)?([eE][-+]?[0-9]+)?");

    private JsonText() {}

    public static String write(Node node) {
        StringBuilder out = new StringBuilder();
        write(node, out);
        return out.toString();
    }

    private static void write(Node node, StringBuilder out) {
        switch (node) {
            case Node.Text text -> string(text.value(), out);
            case Node.Bool bool -> out.append(bool.value());
            case Node.Null none -> out.append("null");
            // YAML has numbers that JSON has not (+1, 007, .5): those are for the reader at the other end to judge.
            case Node.Numeral number -> {
                if (NUMBER.matcher(number.literal()).matches()) {
                    out.append(number.literal());
                } else {
                    string(number.literal(), out);
                }
            }
            case Node.Sequence sequence -> {
                String separator = "[";
                for (Node item : sequence.items()) {
                    out.append(separator);
                    write(item, out);
                    separator = ",";
                }
                out.append(sequence.items().isEmpty() ? "[]" : "]");
            }
            case Node.Mapping mapping -> {
                String separator = "{";
                for (Node.Entry entry : mapping.entries()) {
                    out.append(separator);
                    string(entry.key(), out);
                    out.append(':');
                    write(entry.value(), out);
                    separator = ",";
                }
                out.append(mapping.entries().isEmpty() ? "{}" : "}");
            }
        }
    }

    private static void string(String text, StringBuilder out) {
        out.append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '"' -> out.append("\\\"");
                case '\\' -> out.append("\\\\");
                case '\n' -> out.append("\\n");
                default -> {
                    if (c < ' ' || Character.isSurrogate(c)) {
                        out.append("\\u");
                        String hex = Integer.toHexString(c);
                        out.append("0".repeat(4 - hex.length())).append(hex);
                    } else {
                        out.append(c);
                    }
                }
            }
        }
        out.append('"');
    }
}
