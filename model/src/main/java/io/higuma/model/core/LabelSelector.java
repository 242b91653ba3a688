package io.higuma.model.core;

import io.higuma.model.annotation.Doc;
import io.higuma.model.annotation.EmptyWritten;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/// Labels that must all be there with exactly these values; empty matches everything (contract 1.4).
public record LabelSelector(
        @EmptyWritten @Doc("Labels that must all be there with exactly these values.")
        Map<String, String> matchLabels) {

    public LabelSelector {
        matchLabels = Collections.unmodifiableSortedMap(new TreeMap<>(matchLabels));
    }
}
