package io.higuma.engine;

import io.higuma.policy.Capture;
import io.higuma.policy.ProxyTraits;
import io.higuma.xds.Node;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Reads node metadata (`reference/dataplane.md` 1.4). What is of an unexpected form counts as absent.
final class Traits {

    private Traits() {}

    static ProxyTraits of(Node node) {
        Map<String, Object> metadata = node.metadata();
        Set<String> features = new HashSet<>();
        if (metadata.get("features") instanceof List<?> listed) {
            listed.forEach(feature -> features.add(String.valueOf(feature)));
        }
        if ("true".equals(metadata.get("dataplane.healthDiscovery"))) {
            features.add(HealthDesk.REPORTS);
        }
        return new ProxyTraits(
                features,
                new ProxyTraits.Admin(
                        number(metadata, "dataplane.admin.port"),
                        text(metadata, "dataplane.admin.address").orElse("127.0.0.1"),
                        text(metadata, "dataplane.admin.socketPath")),
                number(metadata, "dataplane.readinessReporter.port"),
                !Boolean.FALSE.equals(metadata.get("ipv6Enabled")),
                text(metadata, "workdir"),
                number(metadata, "dataplane.dns.port"),
                capture(metadata),
                text(metadata, "systemCaPath"));
    }

    /// How the launcher redirects (`reference/dataplane.md` 1.3, `dataplaneConfig`).
    private static Optional<Capture> capture(Map<String, Object> metadata) {
        if (!(metadata.get("transparentProxy") instanceof Map<?, ?> given)) {
            return Optional.empty();
        }
        boolean onlyIpv4 = given.get("ipFamilyMode") instanceof String mode
                && mode.toLowerCase(Locale.ROOT).equals("ipv4");
        return Optional.of(new Capture(
                redirect(given, "inbound"),
                redirect(given, "outbound"),
                redirect(given, "dns"),
                !onlyIpv4 && !Boolean.FALSE.equals(metadata.get("ipv6Enabled"))));
    }

    /// The port of one kind of redirection; 0 if it is off.
    private static int redirect(Map<?, ?> given, String what) {
        return given.get("redirect") instanceof Map<?, ?> all
                        && all.get(what) instanceof Map<?, ?> one
                        && Boolean.TRUE.equals(one.get("enabled"))
                ? port(one.get("port"))
                : 0;
    }

    private static Optional<String> text(Map<String, Object> metadata, String key) {
        return metadata.get(key) instanceof String value && !value.isEmpty() ? Optional.of(value) : Optional.empty();
    }

    private static int number(Map<String, Object> metadata, String key) {
        return port(metadata.get(key));
    }

    private static int port(@Nullable Object value) {
        return switch (value) {
            case String text when text.matches("[0-9]{1,5}") -> Integer.parseInt(text);
            case Number number -> number.intValue();
            case null, default -> 0;
        };
    }
}
