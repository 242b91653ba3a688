package io.higuma.identity.token;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// What a token says (contract 8.1). All claims are always written, even empty ones.
public sealed interface Claims {

    /// @param tags allowed values by label
    record Dataplane(String name, String mesh, SortedMap<String, List<String>> tags, String type, String workload)
            implements Claims {
        public Dataplane {
            SortedMap<String, List<String>> sorted = new TreeMap<>();
            tags.forEach(
                    (key, values) -> sorted.put(key, values.stream().sorted().toList()));
            tags = Collections.unmodifiableSortedMap(sorted);
        }
    }

    record User(String name, List<String> groups) implements Claims {
        public User {
            groups = List.copyOf(groups);
        }
    }

    record Zone(String zone, List<String> scope) implements Claims {
        public Zone {
            scope = List.copyOf(scope);
        }
    }

    /// The claims as the JWT has them. An absent list is `null` there, absent tags are `{}` (contract 0.2).
    default Map<String, @Nullable Object> json() {
        Map<String, @Nullable Object> claims = new TreeMap<>();
        switch (this) {
            case Dataplane dataplane -> {
                claims.put("Name", dataplane.name());
                claims.put("Mesh", dataplane.mesh());
                claims.put("Tags", dataplane.tags());
                claims.put("Type", dataplane.type());
                claims.put("Workload", dataplane.workload());
            }
            case User user -> {
                claims.put("Name", user.name());
                claims.put("Groups", user.groups().isEmpty() ? null : user.groups());
            }
            case Zone zone -> {
                claims.put("Zone", zone.zone());
                claims.put("Scope", zone.scope().isEmpty() ? null : zone.scope());
            }
        }
        return claims;
    }
}
