package io.higuma.cli.output;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;

/// Columns for people: as wide as their widest cell, three spaces apart.
public final class Table {

    private static final int GAP = 3;

    private final List<String> headers;
    private final List<List<String>> rows = new ArrayList<>();

    public Table(String... headers) {
        this.headers = List.of(headers);
    }

    public void row(String... cells) {
        rows.add(List.of(cells));
    }

    public void print(PrintStream out) {
        List<List<String>> lines = new ArrayList<>();
        lines.add(headers);
        lines.addAll(rows);
        int[] widths = new int[headers.size()];
        for (List<String> line : lines) {
            for (int i = 0; i < widths.length; i++) {
                widths[i] = Math.max(widths[i], line.get(i).length());
            }
        }
        for (List<String> line : lines) {
            StringBuilder text = new StringBuilder();
            for (int i = 0; i < widths.length; i++) {
                text.append(line.get(i)).repeat(' ', widths[i] - line.get(i).length() + GAP);
            }
            out.println(text.toString().stripTrailing());
        }
    }
}
