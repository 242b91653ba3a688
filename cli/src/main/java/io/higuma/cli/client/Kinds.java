package io.higuma.cli.client;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/// The types a control plane knows, asked from it, so that an old client can handle a type newer than itself.
public record Kinds(List<Kind> all) {

    public Kinds {
        all = List.copyOf(all);
    }

    public static Kinds of(ControlPlane controlPlane) {
        List<Kind> kinds = new ArrayList<>();
        for (JsonNode kind : controlPlane.read("/_resources").json().path("resources")) {
            kinds.add(new Kind(
                    kind.path("name").asString(""),
                    "Mesh".equals(kind.path("scope").asString("")),
                    kind.path("path").asString(""),
                    kind.path("shortName").asString("")));
        }
        kinds.sort(Comparator.comparing(Kind::name));
        return new Kinds(kinds);
    }

    /// By what a person types: the name in any case, singular, plural or short form.
    public Optional<Kind> called(String word) {
        return all.stream().filter(kind -> kind.isCalled(word)).findFirst();
    }

    /// By what stands in a document's `type`.
    public Optional<Kind> named(String type) {
        return all.stream().filter(kind -> kind.name().equals(type)).findFirst();
    }
}
