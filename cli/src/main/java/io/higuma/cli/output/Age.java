package io.higuma.cli.output;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;

/// How long ago something was, as short as a table wants it: `5s`, `3m`, `2h`, `4d`, `never`.
public final class Age {

    private Age() {}

    /// @param time RFC 3339, as the API writes it; anything else is `never`
    public static String of(String time, Instant now) {
        Instant then;
        try {
            then = Instant.parse(time);
        } catch (DateTimeException absent) {
            return "never";
        }
        Duration age = Duration.between(then, now);
        if (age.isNegative()) {
            age = Duration.ZERO;
        }
        if (age.toDays() > 0) {
            return age.toDays() + "d";
        }
        if (age.toHours() > 0) {
            return age.toHours() + "h";
        }
        return age.toMinutes() > 0 ? age.toMinutes() + "m" : age.toSeconds() + "s";
    }
}
