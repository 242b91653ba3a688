package io.higuma.cli;

import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/// Durations as flags write them: `24h`, `1h30m`, `90s`, `500ms`.
public final class DurationText implements ITypeConverter<Duration> {

    private static final Pattern PART = Pattern.compile("([0-9]{1,9})(ms|h|m|s)");

    @Override
    public Duration convert(String text) {
        Matcher parts = PART.matcher(text);
        Duration duration = Duration.ZERO;
        int end = 0;
        while (parts.find() && parts.start() == end) {
            long amount = Long.parseLong(parts.group(1));
            duration = duration.plus(
                    switch (parts.group(2)) {
                        case "h" -> Duration.ofHours(amount);
                        case "m" -> Duration.ofMinutes(amount);
                        case "s" -> Duration.ofSeconds(amount);
                        default -> Duration.ofMillis(amount);
                    });
            end = parts.end();
        }
        if (end != text.length() || duration.isZero()) {
            throw new TypeConversionException("`" + text + "` is not a duration: expected such as 24h, 1h30m or 90s");
        }
        return duration;
    }
}
