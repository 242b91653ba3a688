package io.higuma.store.sql;

import io.higuma.model.Labels;
import java.util.Map;
import java.util.TreeMap;

/// Labels in one column: `key=value` lines. Keys and values hold neither line breaks nor, in keys, equals
/// signs.
final class LabelText {

    private LabelText() {}

    static String write(Labels labels) {
        StringBuilder text = new StringBuilder();
        labels.entries()
                .forEach((key, value) ->
                        text.append(key).append('=').append(value).append('\n'));
        return text.toString();
    }

    static Labels read(String text) {
        Map<String, String> entries = new TreeMap<>();
        text.lines().forEach(line -> {
            int equals = line.indexOf('=');
            entries.put(line.substring(0, equals), line.substring(equals + 1));
        });
        return Labels.of(entries);
    }
}
