package io.higuma.model.snapshot;

import io.higuma.model.Labels;
import io.higuma.model.Resource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// What a resource can be found by: one label, its name, or simply that it is there.
public record Term(String label, String value) {

    static final Term ALL = new Term("*", "");
    /// Finds nothing.
    static final Term NOTHING = new Term("", "");
    private static final String NAME = "@name";

    static Term name(String name) {
        return new Term(NAME, name);
    }

    /// Every term that finds a resource. The display name of a resource that stores no such label is its name.
    public static List<Term> of(Resource resource) {
        List<Term> terms = new ArrayList<>();
        terms.add(ALL);
        terms.add(name(resource.name()));
        terms.add(new Term(Labels.DISPLAY_NAME, resource.displayName()));
        resource.labels().entries().forEach((label, value) -> {
            if (!label.equals(Labels.DISPLAY_NAME)) {
                terms.add(new Term(label, value));
            }
        });
        return terms;
    }

    /// One term that everything the selector selects has: candidates are looked up by it, then filtered.
    static Term leading(Map<String, String> selector) {
        return selector.entrySet().stream()
                .min(Map.Entry.comparingByKey())
                .map(entry -> new Term(entry.getKey(), entry.getValue()))
                .orElse(ALL);
    }

    /// Whether a resource has every label of the selector.
    public static boolean matches(Resource resource, Map<String, String> selector) {
        for (Map.Entry<String, String> wanted : selector.entrySet()) {
            String found = wanted.getKey().equals(Labels.DISPLAY_NAME)
                    ? resource.displayName()
                    : resource.labels().value(wanted.getKey()).orElse("");
            if (!found.equals(wanted.getValue())) {
                return false;
            }
        }
        return true;
    }
}
