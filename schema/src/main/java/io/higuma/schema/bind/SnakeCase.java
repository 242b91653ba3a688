package io.higuma.schema.bind;

import java.util.Locale;

/// The names that protobuf's own files use.
final class SnakeCase {

    private SnakeCase() {}

    /// `service_port` for `servicePort`.
    static String of(String camelCase) {
        StringBuilder text = new StringBuilder(camelCase.length() + 4);
        for (int i = 0; i < camelCase.length(); i++) {
            char c = camelCase.charAt(i);
            if (Character.isUpperCase(c)) {
                text.append('_');
            }
            text.append(c);
        }
        return text.toString().toLowerCase(Locale.ROOT);
    }
}
