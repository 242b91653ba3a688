package io.higuma.model.core;

import io.higuma.model.annotation.Doc;
import io.higuma.model.annotation.JsonName;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// Labels that must all be there with exactly these values; none matches everything (contract 1.4).
///
/// @param written the labels as their author wrote them: an empty map and no map mean the same, but are shown as
///     they were written
public record LabelSelector(
        @JsonName("matchLabels") @Doc("Labels that must all be there with exactly these values.")
        Optional<Map<String, String>> written) {

    public LabelSelector {
        written = written.map(labels -> Collections.unmodifiableSortedMap(new TreeMap<>(labels)));
    }

    public LabelSelector(Map<String, String> matchLabels) {
        this(Optional.of(matchLabels));
    }

    public Map<String, String> matchLabels() {
        return written.orElse(Map.of());
    }
}
