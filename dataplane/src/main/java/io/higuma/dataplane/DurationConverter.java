package io.higuma.dataplane;

import io.higuma.model.GoDuration;
import java.time.Duration;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/// Durations as the contract writes them: `30s`, `1m30s`, `500ms`, `0s`.
final class DurationConverter implements ITypeConverter<Duration> {

    @Override
    public Duration convert(String text) {
        return GoDuration.parse(text)
                .filter(duration -> !duration.isNegative())
                .orElseThrow(() -> new TypeConversionException(
                        "`" + text + "` is not a duration: expected such as 30s, 1m30s or 500ms"));
    }
}
