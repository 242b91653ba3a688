package io.higuma.model.target;

import io.higuma.model.annotation.Doc;
import io.higuma.model.annotation.JsonName;
import io.higuma.model.annotation.Required;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// The destinations an item of a policy is for (contract 1.4).
public record ToTargetRef(
        @Required @Doc("Mesh for all destinations, else the kind of service.")
        Kind kind,

        @Doc("Labels of the service; `kuma.io/display-name` selects by name.")
        Map<String, String> labels,

        @Doc("One port of the service: its name, or its number as text.")
        Optional<String> sectionName) {

    public ToTargetRef {
        labels = Collections.unmodifiableSortedMap(new TreeMap<>(labels));
    }

    /// In the order in which specificity grows (contract 2.1).
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
        MESH_HTTP_ROUTE;

        /// The name in YAML, which is also the name of the resource type.
        public String text() {
            return switch (this) {
                case MESH -> "Mesh";
                case MESH_SERVICE -> "MeshService";
                case MESH_EXTERNAL_SERVICE -> "MeshExternalService";
                case MESH_MULTI_ZONE_SERVICE -> "MeshMultiZoneService";
                case MESH_HTTP_ROUTE -> "MeshHTTPRoute";
            };
        }
    }
}
