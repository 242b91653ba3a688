package io.higuma.dataplane;

import java.util.Collection;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.IDefaultValueProvider;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.OptionSpec;

/// Environment variables for flags that are not given: `HIGUMA_…`, then kuma-dp's `KUMA_…` of the same ending.
final class EnvironmentDefaults implements IDefaultValueProvider {

    private static final Map<String, String> ENDINGS = Map.ofEntries(
            Map.entry("--name", "DATAPLANE_NAME"),
            Map.entry("--mesh", "DATAPLANE_MESH"),
            Map.entry("--proxy-type", "DATAPLANE_PROXY_TYPE"),
            Map.entry("--drain-time", "DATAPLANE_DRAIN_TIME"),
            Map.entry("--cp-address", "CONTROL_PLANE_URL"),
            Map.entry("--ca-cert-file", "CONTROL_PLANE_CA_CERT_FILE"),
            Map.entry("--ca-cert", "CONTROL_PLANE_CA_CERT"),
            Map.entry("--skip-verify", "CONTROL_PLANE_TLS_SKIP_VERIFY"),
            Map.entry("--retry-backoff", "CONTROL_PLANE_RETRY_BACKOFF"),
            Map.entry("--retry-max-duration", "CONTROL_PLANE_RETRY_MAX_DURATION"),
            Map.entry("--binary-path", "DATAPLANE_RUNTIME_BINARY_PATH"),
            Map.entry("--work-dir", "DATAPLANE_RUNTIME_WORK_DIR"),
            Map.entry("--concurrency", "DATAPLANE_RUNTIME_CONCURRENCY"),
            Map.entry("--dataplane-token-file", "DATAPLANE_RUNTIME_TOKEN_PATH"),
            Map.entry("--dataplane-token", RunCommand.TOKEN_VARIABLE),
            Map.entry("--dataplane", "DATAPLANE_RUNTIME_RESOURCE"),
            Map.entry("--dataplane-file", "DATAPLANE_RUNTIME_RESOURCE_PATH"),
            Map.entry("--transparent-proxy", "DATAPLANE_RUNTIME_TRANSPARENT_PROXY"),
            Map.entry("--agent", "DATAPLANE_RUNTIME_AGENT"),
            Map.entry("--bind-outbounds", "DATAPLANE_RUNTIME_BIND_OUTBOUNDS"),
            Map.entry("--strict-inbound-ports-enabled", "DATAPLANE_RUNTIME_STRICT_INBOUND_PORTS_ENABLED"),
            Map.entry("--reuse-port-enabled", "DATAPLANE_RUNTIME_REUSE_PORT_ENABLED"),
            Map.entry("--ipv6-enabled", "DATAPLANE_RUNTIME_IPV6_ENABLED"),
            Map.entry("--dynamic-system-ca-path", "DATAPLANE_RUNTIME_DYNAMIC_SYSTEM_CA_PATH"),
            Map.entry("--max-memory-bytes", "DATAPLANE_RESOURCES_MAX_MEMORY_BYTES"),
            Map.entry("--dns-enabled", "DNS_ENABLED"),
            Map.entry("--dns-proxy-port", "DNS_PROXY_PORT"),
            Map.entry("--envoy-log-level", "DATAPLANE_RUNTIME_ENVOY_LOG_LEVEL"),
            Map.entry("--envoy-component-log-level", "DATAPLANE_RUNTIME_ENVOY_COMPONENT_LOG_LEVEL"));

    private final Map<String, String> environment;

    EnvironmentDefaults(Map<String, String> environment) {
        this.environment = environment;
    }

    /// What follows `HIGUMA_` and `KUMA_` in the names that are read.
    static Collection<String> endings() {
        return ENDINGS.values();
    }

    /// Null means: the flag's own default.
    @Override
    public @Nullable String defaultValue(ArgSpec argument) {
        String ending = argument instanceof OptionSpec option ? ENDINGS.get(option.longestName()) : null;
        if (ending == null) {
            return null;
        }
        String ours = environment.get("HIGUMA_" + ending);
        String value = ours != null ? ours : environment.get("KUMA_" + ending);
        return value == null || value.isEmpty() ? null : value;
    }
}
