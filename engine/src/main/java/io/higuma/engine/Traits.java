package io.higuma.engine;

import io.higuma.policy.ProxyTraits;
import io.higuma.xds.Node;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Reads node metadata (`reference/dataplane.md` 1.4). What is of an unexpected form counts as absent.
final class Traits {

    private Traits() {}

    static ProxyTraits of(Node node) {
        Map<String, Object> metadata = node.metadata();
        Set<String> features = new HashSet<>();
        if (metadata.get("features") instanceof List<?> listed) {
            listed.forEach(feature -> features.add(String.valueOf(feature)));
        }
        return new ProxyTraits(
                features,
                new ProxyTraits.Admin(
                        number(metadata, "dataplane.admin.port"),
                        text(metadata, "dataplane.admin.address").orElse("127.0.0.1"),
                        text(metadata, "dataplane.admin.socketPath")),
                number(metadata, "dataplane.readinessReporter.port"),
                !Boolean.FALSE.equals(metadata.get("ipv6Enabled")),
                text(metadata, "workdir"));
    }

    private static Optional<String> text(Map<String, Object> metadata, String key) {
        return metadata.get(key) instanceof String value && !value.isEmpty() ? Optional.of(value) : Optional.empty();
    }

    private static int number(Map<String, Object> metadata, String key) {
        return switch (metadata.get(key)) {
            case String value when value.matches("[0-9]{1,5}") -> Integer.parseInt(value);
            case Number value -> value.intValue();
            case null, default -> 0;
        };
    }
}
