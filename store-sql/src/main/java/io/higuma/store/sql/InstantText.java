package io.higuma.store.sql;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;

/// Times in one column, as [Instant#toString] writes them: `2026-11-26T17:57:01.25Z`.
final class InstantText {

    private static final int DATE_END = 10;
    private static final int SECONDS_END = 19;
    private static final int NANO_DIGITS = 9;
    private static final int SECONDS_PER_DAY = 86_400;

    private InstantText() {}

    /// [Instant#parse] makes a formatter for each text; at a start there are thousands.
    ///
    /// @throws DateTimeException if it is no such text
    static Instant read(String text) {
        int end = text.length() - 1;
        if (end < SECONDS_END || text.charAt(DATE_END) != 'T' || text.charAt(end) != 'Z') {
            return Instant.parse(text); // before the year 0, after 9999, or broken
        }
        LocalDate date = LocalDate.of(number(text, 0, 4), number(text, 5, 7), number(text, 8, DATE_END));
        int seconds = (number(text, 11, 13) * 60 + number(text, 14, 16)) * 60 + number(text, 17, SECONDS_END);
        int nanos = 0;
        if (end > SECONDS_END) {
            nanos = number(text, SECONDS_END + 1, end);
            for (int digits = end - SECONDS_END - 1; digits < NANO_DIGITS; digits++) {
                nanos *= 10;
            }
        }
        return Instant.ofEpochSecond(date.toEpochDay() * SECONDS_PER_DAY + seconds, nanos);
    }

    private static int number(String text, int begin, int end) {
        int value = 0;
        for (int i = begin; i < end; i++) {
            int digit = text.charAt(i) - '0';
            if (digit < 0 || digit > 9) {
                throw new DateTimeException("\"" + text + "\" is no time");
            }
            value = value * 10 + digit;
        }
        return value;
    }
}
