package io.higuma.cli.demo;

import java.util.StringJoiner;
import java.util.TreeMap;

/// Small pieces of sentences.
final class Words {

    private static final int LENGTH = 240;

    private Words() {}

    /// ` (503: no healthy upstream)`, or nothing if nothing failed.
    static String failures(Traffic traffic) {
        if (traffic.failures().isEmpty()) {
            return "";
        }
        StringJoiner text = new StringJoiner(", ", " (", ")");
        new TreeMap<>(traffic.failures()).forEach((status, body) -> text.add(status + ": " + brief(body)));
        return text.toString();
    }

    /// The status of an answer and the reason it gives.
    static String of(Call call) {
        return (call.status() == 0 ? "no answer" : String.valueOf(call.status()))
                + (call.ok() ? "" : " \"" + brief(call.body()) + "\"");
    }

    private static String brief(String text) {
        String line = text.strip().replace('\n', ' ');
        return line.length() <= LENGTH ? line : line.substring(0, LENGTH) + "…";
    }
}
