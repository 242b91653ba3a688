package io.higuma.controlplane.config;

import io.higuma.model.Cidr;
import io.higuma.model.GoDuration;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/// One thing that can be set.
///
/// @param key path in the configuration file, such as `apiServer.http.port`
/// @param standard the value when nothing is set, as text; lists are comma separated
/// @param kind what values look like
/// @param about a sentence for people
public record Setting(String key, String standard, Kind kind, String about) {

    private static final Pattern WORD_END = Pattern.compile("(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])");

    /// What values look like.
    public enum Kind {
        TEXT,
        /// 0 lets the system choose.
        PORT,
        /// A whole number from 0 to 999,999,999.
        NUMBER,
        BOOL,
        LIST,
        /// Of IPv4 addresses.
        RANGE,
        /// As Go writes it: `1h30m`, `500ms`, `0s`.
        DURATION
    }

    /// `KUMA_API_SERVER_HTTP_PORT` for `apiServer.http.port` (contract 7).
    public String environmentName(String prefix) {
        String[] parts = key.split("\\.", -1);
        StringBuilder name = new StringBuilder(prefix);
        for (String part : parts) {
            name.append('_').append(WORD_END.matcher(part).replaceAll("_").toUpperCase(Locale.ROOT));
        }
        return name.toString();
    }

    /// Why a text is no value of this setting; empty if it is one.
    List<String> problems(String value) {
        return switch (kind) {
            case TEXT, LIST -> List.of();
            case BOOL ->
                value.equals("true") || value.equals("false")
                        ? List.of()
                        : List.of("expected true or false, found \"" + value + "\"");
            case NUMBER ->
                value.matches("[0-9]{1,9}")
                        ? List.of()
                        : List.of("expected a whole number from 0 to 999999999, found \"" + value + "\"");
            case DURATION ->
                GoDuration.parse(value)
                                .filter(duration -> !duration.isNegative())
                                .isPresent()
                        ? List.of()
                        : List.of("expected a duration such as 1h, 5s or 0s, found \"" + value + "\"");
            case RANGE -> {
                try {
                    Cidr.parse(value);
                    yield List.of();
                } catch (IllegalArgumentException e) {
                    yield List.of(String.valueOf(e.getMessage()));
                }
            }
            case PORT ->
                value.matches("[0-9]{1,5}") && Integer.parseInt(value) <= 65535
                        ? List.of()
                        : List.of("expected a port from 0 (the system chooses) to 65535, found \"" + value + "\"");
        };
    }
}
