package io.higuma.store.sql;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;

/// Times in one column, as [Instant#toString] writes them: `2026-11-26T17:57:01.25Z`.
final class InstantText {

    /// Where digits stand, and what stands between them. Years before 0 and after 9999 are written otherwise.
    private static final String SHAPE = "0000-00-00T00:00:00";

    private static final int NANO_DIGITS = 9;

    private InstantText() {}

    /// [Instant#parse] makes a formatter for each text; at a start there are thousands.
    ///
    /// @throws DateTimeException if it is no such text
    static Instant read(String text) {
        if (!isUsual(text)) {
            return Instant.parse(text);
        }
        int nanos = 0;
        int fraction = SHAPE.length() + 1;
        for (int place = fraction; place < fraction + NANO_DIGITS; place++) {
            nanos = nanos * 10 + (place < text.length() - 1 ? text.charAt(place) - '0' : 0);
        }
        return LocalDateTime.of(
                        number(text, 0, 4),
                        number(text, 5, 7),
                        number(text, 8, 10),
                        number(text, 11, 13),
                        number(text, 14, 16),
                        number(text, 17, 19),
                        nanos)
                .toInstant(ZoneOffset.UTC);
    }

    /// A text that none of a time from `instant` on is less than, and every one of an earlier second is: to the second,
    /// because of two texts of one second the one without a fraction is greater.
    static String least(Instant instant) {
        String whole = instant.truncatedTo(ChronoUnit.SECONDS).toString();
        return whole.substring(0, whole.length() - 1);
    }

    /// Whether a text has the usual shape, with up to nine digits of a fraction and `Z` behind it.
    private static boolean isUsual(String text) {
        int end = text.length() - 1;
        if (end < SHAPE.length() || end > SHAPE.length() + 1 + NANO_DIGITS || text.charAt(end) != 'Z') {
            return false;
        }
        for (int i = 0; i < end; i++) {
            char expected = i < SHAPE.length() ? SHAPE.charAt(i) : i == SHAPE.length() ? '.' : '0';
            char found = text.charAt(i);
            if (expected == '0' ? found < '0' || found > '9' : found != expected) {
                return false;
            }
        }
        return true;
    }

    private static int number(String text, int begin, int end) {
        return Integer.parseInt(text, begin, end, 10);
    }
}
