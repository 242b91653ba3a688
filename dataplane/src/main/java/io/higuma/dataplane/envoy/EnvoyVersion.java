package io.higuma.dataplane.envoy;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// What `envoy --version` says.
///
/// @param build the whole build string, `commit/version/status/type/ssl`
/// @param major such as 1
/// @param minor such as 40
/// @param text such as `1.40.0`
public record EnvoyVersion(String build, int major, int minor, String text) {

    /// The oldest Envoy that understands every field the control plane sends.
    static final int OLDEST_MINOR = 34;

    private static final Pattern LINE =
            Pattern.compile("version:\\s*(\\S+/((\\d+)\\.(\\d+)\\.\\d+[^/\\s]*)/\\S+/\\S+/\\S+)");

    /// Empty if the output is not an Envoy's.
    static Optional<EnvoyVersion> parse(String output) {
        Matcher line = LINE.matcher(output);
        return line.find()
                ? Optional.of(new EnvoyVersion(
                        line.group(1), Integer.parseInt(line.group(3)), Integer.parseInt(line.group(4)), line.group(2)))
                : Optional.empty();
    }

    boolean tooOld() {
        return major < 1 || (major == 1 && minor < OLDEST_MINOR);
    }
}
