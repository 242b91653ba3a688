package io.higuma.dataplane;

import io.higuma.dataplane.bootstrap.BootstrapRequest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/// What the launcher finds out about its host.
final class HostFacts {

    /// Where distributions keep the bundle of public CAs, in the order of `reference/dataplane.md` 1.1.
    private static final List<String> CA_BUNDLES = List.of(
            "/etc/ssl/certs/ca-certificates.crt",
            "/etc/pki/tls/certs/ca-bundle.crt",
            "/etc/ssl/ca-bundle.pem",
            "/etc/pki/tls/cacert.pem",
            "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",
            "/etc/ssl/cert.pem");

    private HostFacts() {}

    static BootstrapRequest.Host of(Path workDir, Map<String, String> environment, List<String> features) {
        String version = HostFacts.class.getPackage().getImplementationVersion();
        String hostIp = environment.getOrDefault("HOST_IP", "");
        return new BootstrapRequest.Host(
                workDir,
                memoryLimit(),
                CA_BUNDLES.stream()
                        .filter(file -> Files.isReadable(Path.of(file)))
                        .findFirst()
                        .orElse(""),
                Files.exists(Path.of("/proc/net/if_inet6")),
                hostIp.isEmpty() ? Map.of() : Map.of("HOST_IP", hostIp),
                version == null ? "dev" : version,
                features);
    }

    /// The control group's limit, version 2 or 1; 0 if there is none.
    private static long memoryLimit() {
        for (String file : List.of("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes")) {
            String text = read(Path.of(file));
            if (text.matches("[0-9]{1,17}")) {
                return Long.parseLong(text);
            }
        }
        return 0;
    }

    /// Empty if there is no such file: which of them exists depends on the version of control groups.
    private static String read(Path file) {
        try {
            return Files.readString(file).strip();
        } catch (IOException absent) {
            return "";
        }
    }
}
