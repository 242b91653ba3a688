package io.higuma.dataplane.bootstrap;

import io.higuma.dataplane.envoy.EnvoyVersion;
import io.higuma.dataplane.tproxy.LauncherSettings;
import io.higuma.dataplane.tproxy.TransparentProxyConfig;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// What the launcher tells the control plane about the proxy to be (`reference/dataplane.md` 1.3).
///
/// @param mesh the mesh of the proxy
/// @param name the name of the proxy
/// @param resource the Dataplane as JSON text; empty when the control plane has it already
/// @param token to be let in with; empty where the control plane asks for none
/// @param caCertificate PEM the control plane is verified with; empty: the system's trust store
/// @param envoy the Envoy that will run
/// @param host what this machine is like, and what will run there
/// @param redirection settings of the transparent proxy; empty without one
public record BootstrapRequest(
        String mesh,
        String name,
        Optional<String> resource,
        Optional<Token> token,
        Optional<String> caCertificate,
        EnvoyVersion envoy,
        Host host,
        Optional<TransparentProxyConfig> redirection) {

    /// @param workDir where Envoy may put its sockets
    /// @param maxHeapBytes the memory limit of the control group; 0 if there is none
    /// @param systemCaPath the system's CA bundle; empty if it was not found
    /// @param ipv6 whether this host has IPv6
    /// @param dynamicMetadata free values, such as HOST_IP
    /// @param version of this launcher
    /// @param features what the launcher can do, as the contract calls it
    public record Host(
            Path workDir,
            long maxHeapBytes,
            String systemCaPath,
            boolean ipv6,
            Map<String, String> dynamicMetadata,
            String version,
            List<String> features) {

        public Host {
            dynamicMetadata = Map.copyOf(dynamicMetadata);
            features = List.copyOf(features);
        }
    }

    ObjectNode json() {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("mesh", mesh).put("name", name).put("proxyType", "dataplane");
        token.ifPresent(value -> json.put("dataplaneToken", value.text()));
        resource.ifPresent(value -> json.put("dataplaneResource", value));
        ObjectNode version = json.putObject("version");
        version.putObject("kumaDp")
                .put("version", host.version())
                .put("gitTag", "")
                .put("gitCommit", "")
                .put("buildDate", "");
        version.putObject("envoy")
                .put("version", envoy.text())
                .put("build", envoy.build())
                .put("kumaDpCompatible", true);
        json.put("caCert", caCertificate.orElse(""));
        ObjectNode metadata = json.putObject("dynamicMetadata");
        host.dynamicMetadata().forEach(metadata::put);
        json.put("operatingSystem", "linux");
        ArrayNode features = json.putArray("features");
        host.features().forEach(features::add);
        redirection.ifPresent(config -> {
            features.add("feature-transparent-proxy-in-dataplane-metadata");
            json.set("dataplaneConfig", LauncherSettings.json(config));
            if (config.dns().enabled()) {
                json.put("dnsPort", config.dns().port());
            }
        });
        json.putObject("resources").put("maxHeapSizeBytes", host.maxHeapBytes());
        json.put("workdir", host.workDir().toString());
        json.put("systemCaPath", host.systemCaPath());
        json.put("ipv6Enabled", host.ipv6());
        return json;
    }
}
