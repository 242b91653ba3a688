package io.higuma.cli.generate;

import io.higuma.cli.DurationText;
import java.time.Duration;
import picocli.CommandLine.ITypeConverter;

/// How long a token is good for, as people and the API write it: `24h`, `1h30m`, `90s`.
///
/// @param text as it was typed: the API takes the same form
record Validity(String text, Duration duration) {

    /// Reads the flag.
    static final class Converter implements ITypeConverter<Validity> {
        @Override
        public Validity convert(String text) {
            return new Validity(text, new DurationText().convert(text));
        }
    }
}
