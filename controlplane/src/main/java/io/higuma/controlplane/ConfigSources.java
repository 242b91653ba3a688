package io.higuma.controlplane;

import io.higuma.controlplane.config.ConfigLoader;
import io.higuma.controlplane.config.EffectiveConfig;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// The flags that say how a control plane is configured. Flags win over the environment, that over the file.
final class ConfigSources {

    @Option(
            names = {"-c", "--config-file"},
            paramLabel = "FILE",
            description = "Configuration, as YAML.")
    @Nullable
    Path file;

    @Option(names = "--data-dir", paramLabel = "FOLDER", description = "Where data is kept; ~/.higuma/cp by default.")
    @Nullable
    String dataDir;

    @Option(names = "--log-level", paramLabel = "LEVEL", description = "error, warn, info or debug.")
    @Nullable
    String logLevel;

    @Option(
            names = "--validate-with-envoy",
            description = "Try what a write brings in a real Envoy before it is stored: apiServer.validateWithEnvoy.")
    boolean validateWithEnvoy;

    @Option(
            names = "--set",
            paramLabel = "KEY=VALUE",
            description = "Any setting, such as apiServer.http.port=0; see `higuma cp config print`.")
    Map<String, String> settings = new LinkedHashMap<>();

    EffectiveConfig load(Map<String, String> environment) {
        Map<String, String> flags = new LinkedHashMap<>(settings);
        Optional.ofNullable(dataDir).ifPresent(value -> flags.put("dataDir", value));
        Optional.ofNullable(logLevel).ifPresent(value -> flags.put("log.level", value));
        if (validateWithEnvoy) {
            flags.put("apiServer.validateWithEnvoy", "true");
        }
        return ConfigLoader.load(Optional.ofNullable(file), environment, flags);
    }

    /// Where data lies when nothing is set.
    static Path home(Map<String, String> environment) {
        return Optional.ofNullable(environment.get("HIGUMA_HOME"))
                .map(Path::of)
                .orElseGet(() -> Path.of(System.getProperty("user.home"), ".higuma"));
    }
}
