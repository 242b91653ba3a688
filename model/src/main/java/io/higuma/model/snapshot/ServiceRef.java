package io.higuma.model.snapshot;

import io.higuma.model.Resource;
import io.higuma.model.core.DataplaneSpec;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// What names a service, or several by their labels.
///
/// @param kind MeshService or another kind of service
/// @param name of one service; empty if labels select
/// @param labels that the services have; no labels and no name select nothing
public record ServiceRef(String kind, Optional<String> name, Map<String, String> labels) {

    public ServiceRef {
        name = name.filter(text -> !text.isEmpty());
        labels = Collections.unmodifiableSortedMap(new TreeMap<>(labels));
    }

    public static ServiceRef of(DataplaneSpec.BackendRef ref) {
        return new ServiceRef(ref.kind(), ref.name(), ref.labels());
    }

    public boolean leadsTo(Resource service) {
        if (!kind.equals(service.key().type())) {
            return false;
        }
        return name.isPresent()
                ? name.get().equals(service.name()) && Term.matches(service, labels)
                : !labels.isEmpty() && Term.matches(service, labels);
    }

    /// What every service it leads to can be found by.
    public Term leading() {
        return name.map(Term::name).orElseGet(() -> labels.isEmpty() ? Term.NOTHING : Term.leading(labels));
    }
}
