package io.higuma.dataplane.envoy;

import io.higuma.dataplane.StopException;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// An Envoy on this machine that can be used.
///
/// @param path absolute
/// @param version never too old
public record EnvoyBinary(Path path, EnvoyVersion version) {

    /// Looks for it: the flag, `$ENVOY`, `PATH`, `~/.higuma/envoy`.
    ///
    /// @param flag a path or a name to look for on `PATH`; null if not given
    /// @throws StopException if there is none, or it is too old or not an Envoy
    public static EnvoyBinary find(@Nullable String flag, Map<String, String> environment, Path home) {
        Path path = look(flag, environment, home).toAbsolutePath();
        EnvoyVersion version = version(path);
        if (version.tooOld()) {
            throw new StopException(
                    StopException.ENVIRONMENT,
                    "the Envoy at " + path + " is too old: it is " + version.text() + ", expected 1."
                            + EnvoyVersion.OLDEST_MINOR + " or newer. `higuma dp install-envoy` gets "
                            + EnvoyRelease.pinned().version() + ".");
        }
        return new EnvoyBinary(path, version);
    }

    private static Path look(@Nullable String flag, Map<String, String> environment, Path home) {
        if (flag != null) {
            return named(flag, environment)
                    .orElseThrow(() -> new StopException(
                            StopException.ENVIRONMENT,
                            "there is no executable `" + flag + "`, which --binary-path names"));
        }
        String variable = environment.getOrDefault("ENVOY", "");
        if (!variable.isEmpty()) {
            return named(variable, environment)
                    .orElseThrow(() -> new StopException(
                            StopException.ENVIRONMENT,
                            "there is no executable `" + variable + "`, which $ENVOY names"));
        }
        return onPath("envoy", environment)
                .or(() -> newest(home.resolve("envoy")))
                .orElseThrow(() -> new StopException(
                        StopException.ENVIRONMENT,
                        "there is no Envoy on this machine: looked at --binary-path, $ENVOY, PATH and "
                                + home.resolve("envoy") + ". `higuma dp install-envoy` gets one."));
    }

    private static Optional<Path> named(String name, Map<String, String> environment) {
        return name.contains("/") ? executable(Path.of(name)) : onPath(name, environment);
    }

    private static Optional<Path> onPath(String name, Map<String, String> environment) {
        return Stream.of(environment.getOrDefault("PATH", "").split(File.pathSeparator))
                .filter(folder -> !folder.isEmpty())
                .flatMap(folder -> executable(Path.of(folder, name)).stream())
                .findFirst();
    }

    /// `~/.higuma/envoy/<version>/envoy`; the pinned version before any other.
    private static Optional<Path> newest(Path folder) {
        return executable(folder.resolve(EnvoyRelease.pinned().version()).resolve("envoy"))
                .or(() -> {
                    try (Stream<Path> versions = Files.list(folder)) {
                        return versions.sorted(Comparator.reverseOrder())
                                .flatMap(version -> executable(version.resolve("envoy")).stream())
                                .findFirst();
                    } catch (IOException absent) {
                        return Optional.empty();
                    }
                });
    }

    private static Optional<Path> executable(Path file) {
        return Files.isRegularFile(file) && Files.isExecutable(file) ? Optional.of(file) : Optional.empty();
    }

    private static EnvoyVersion version(Path path) {
        try {
            Process process = new ProcessBuilder(path.toString(), "--version")
                    .redirectErrorStream(true)
                    .redirectInput(ProcessBuilder.Redirect.from(new File("/dev/null")))
                    .start();
            String output = new String(process.getInputStream().readNBytes(1 << 16), StandardCharsets.UTF_8);
            process.waitFor();
            return EnvoyVersion.parse(output)
                    .orElseThrow(() -> new StopException(
                            StopException.ENVIRONMENT,
                            path + " is not an Envoy: `--version` says `" + firstLine(output) + "`"));
        } catch (IOException e) {
            throw new StopException(StopException.ENVIRONMENT, path + " cannot be run: " + e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StopException(StopException.ENVIRONMENT, "interrupted");
        }
    }

    private static String firstLine(String output) {
        String line = output.strip().lines().findFirst().orElse("");
        return line.length() <= 80 ? line : line.substring(0, 80) + "…";
    }
}
