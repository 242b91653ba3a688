package io.higuma.dataplane;

import io.higuma.dataplane.bootstrap.BootstrapRequest;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// What a person may say of this host and of what runs there. Where kuma-dp has only a variable, the flag is hidden.
final class HostOptions {

    @Option(
            names = "--bind-outbounds",
            arity = "0..1",
            fallbackValue = "true",
            paramLabel = "true|false",
            description = "Listen at the virtual addresses themselves, where they are of 127.0.0.0/8.")
    private boolean bindOutbounds;

    @Option(names = "--strict-inbound-ports-enabled", defaultValue = "true", hidden = true, arity = "1")
    private boolean strictInboundPorts = true;

    @Option(names = "--reuse-port-enabled", defaultValue = "true", hidden = true, arity = "1")
    private boolean reusePort = true;

    @Option(names = "--ipv6-enabled", defaultValue = "true", hidden = true, arity = "1")
    private boolean ipv6 = true;

    @Option(names = "--dynamic-system-ca-path", hidden = true)
    private @Nullable String systemCaPath;

    @Option(names = "--max-memory-bytes", hidden = true)
    private @Nullable Long maxMemoryBytes;

    /// @param agent whether an agent stays beside Envoy
    BootstrapRequest.Host host(Path workDir, Map<String, String> environment, boolean agent) {
        BootstrapRequest.Host found = HostFacts.of(workDir, environment, features(agent));
        return new BootstrapRequest.Host(
                found.workDir(),
                maxMemoryBytes == null ? found.maxHeapBytes() : maxMemoryBytes,
                systemCaPath == null ? found.systemCaPath() : systemCaPath,
                ipv6 && found.ipv6(),
                found.dynamicMetadata(),
                found.version(),
                found.features());
    }

    /// Absent on purpose: what an agent has to do that ours does not, such as access logs over a named pipe.
    private List<String> features(boolean agent) {
        List<String> features = new ArrayList<>();
        if (strictInboundPorts) {
            features.add("feature-strict-inbound-ports");
        }
        if (reusePort) {
            features.add("feature-reuse-port");
        }
        if (bindOutbounds) {
            features.add("feature-bind-outbounds");
        }
        if (!agent) {
            features.add("feature-no-agent"); // ours: nothing runs beside Envoy, so Envoy answers for names
        }
        return features;
    }
}
