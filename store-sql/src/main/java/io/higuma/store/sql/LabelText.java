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
        for (int begin = 0; begin < text.length(); ) {
            int equals = text.indexOf('=', begin);
            int end = text.indexOf('\n', equals);
            entries.put(text.substring(begin, equals), text.substring(equals + 1, end));
            begin = end + 1;
        }
        return Labels.of(entries);
    }
}
