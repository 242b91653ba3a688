package io.higuma.model.target;

import io.higuma.model.annotation.Doc;
import io.higuma.model.annotation.JsonName;
import io.higuma.model.annotation.Required;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// The proxies a policy is for (contract 1.4).
public record TopTargetRef(
        @Required @Doc("Mesh for all proxies, Dataplane for some of them.")
        Kind kind,

        @Doc("Labels that the dataplanes carry.") Map<String, String> labels,

        @Doc("One inbound of the dataplanes: its name, or its port as text.")
        Optional<String> sectionName) {

    /// All proxies of the mesh: what an absent reference means.
    public static final TopTargetRef MESH = new TopTargetRef(Kind.MESH, Map.of(), Optional.empty());

    public TopTargetRef {
        labels = Collections.unmodifiableSortedMap(new TreeMap<>(labels));
    }

    public enum Kind {
        @JsonName("Mesh")
        MESH,
        @JsonName("Dataplane")
        DATAPLANE
    }
}
