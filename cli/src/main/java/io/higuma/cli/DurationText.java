package io.higuma.cli;

import io.higuma.model.GoDuration;
import java.time.Duration;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/// Durations as flags write them: `24h`, `1h30m`, `90s`, `500ms`; longer than nothing.
public final class DurationText implements ITypeConverter<Duration> {

    @Override
    public Duration convert(String text) {
        return GoDuration.parse(text)
                .filter(Duration::isPositive)
                .orElseThrow(() -> new TypeConversionException(
                        "`" + text + "` is not a duration: expected such as 24h, 1h30m or 90s"));
    }
}
