package io.higuma.model.target;

import io.higuma.model.annotation.Default;
import io.higuma.model.annotation.Doc;
import io.higuma.model.annotation.JsonName;
import io.higuma.model.annotation.Range;
import io.higuma.model.annotation.Required;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// Where a route sends traffic (contract 1.4, "BackendRef"). The oldest service that carries
/// the labels is meant.
public record RouteBackendRef(
        @Required @Doc("Kind of the service.") Kind kind,

        @Doc("Labels of the service; `kuma.io/display-name` selects by name.")
        Map<String, String> labels,

        @Doc("Port of the service by name, or by number as text.")
        Optional<String> sectionName,

        @Doc("Port of the service by number; not needed if there is but one.")
        Optional<Integer> port,

        @Doc("Share of the traffic, against the sum of all weights of the rule.")
        @Default("1")
        @Range(min = 0, max = RouteBackendRef.MAX_WEIGHT)
        long weight) {

    /// The largest weight of the contract.
    public static final long MAX_WEIGHT = 4294967295L;

    public RouteBackendRef {
        labels = Collections.unmodifiableSortedMap(new TreeMap<>(labels));
    }

    /// The same place, whatever its share.
    public RouteBackendRef withoutWeight() {
        return weight == 1 ? this : new RouteBackendRef(kind, labels, sectionName, port, 1);
    }

    /// Says whom it means, for people.
    public String text() {
        StringBuilder text = new StringBuilder(kind.text());
        labels.forEach((key, value) -> text.append(' ').append(key).append('=').append(value));
        sectionName.ifPresent(section -> text.append(" port ").append(section));
        port.ifPresent(number -> text.append(" port ").append(number));
        return text.toString();
    }

    /// The kinds the schema lists; validation narrows them to services.
    public enum Kind {
        @JsonName("Mesh")
        MESH,
        @JsonName("MeshService")
        MESH_SERVICE,
        @JsonName("MeshExternalService")
        MESH_EXTERNAL_SERVICE,
        @JsonName("MeshMultiZoneService")
        MESH_MULTI_ZONE_SERVICE,
        @JsonName("MeshHTTPRoute")
        MESH_HTTP_ROUTE,
        @JsonName("Dataplane")
        DATAPLANE;

        /// The name in YAML, which is also the name of the resource type.
        public String text() {
            return switch (this) {
                case MESH -> "Mesh";
                case MESH_SERVICE -> "MeshService";
                case MESH_EXTERNAL_SERVICE -> "MeshExternalService";
                case MESH_MULTI_ZONE_SERVICE -> "MeshMultiZoneService";
                case MESH_HTTP_ROUTE -> "MeshHTTPRoute";
                case DATAPLANE -> "Dataplane";
            };
        }

        /// Whether traffic can be sent to it.
        public boolean isService() {
            return this == MESH_SERVICE || this == MESH_EXTERNAL_SERVICE || this == MESH_MULTI_ZONE_SERVICE;
        }
    }
}
