package io.higuma.cli.document;

import io.higuma.model.Problem;
import java.util.Map;
import tools.jackson.databind.node.ObjectNode;

/// One resource as a person wrote it.
///
/// @param source where it came from: a file's name, or `-`
/// @param line its first line in the source, from 1
/// @param content the resource as a tree
/// @param places where each value stands, by its path as the contract writes it (`spec.to[0].targetRef`); the empty
///     path is the document itself
public record Document(String source, int line, ObjectNode content, Map<String, Problem.Location> places) {

    public Document {
        places = Map.copyOf(places);
    }

    public String type() {
        return content.path("type").asString("");
    }

    public String mesh() {
        return content.path("mesh").asString("");
    }

    public String name() {
        return content.path("name").asString("");
    }

    /// The place of the value that a path names, or of the nearest value around it.
    public Problem.Location place(String path) {
        String at = path;
        while (true) {
            Problem.Location place = places.get(at);
            if (place != null) {
                return place;
            }
            int cut = Math.max(at.lastIndexOf('.'), at.lastIndexOf('['));
            if (cut <= 0) {
                return places.getOrDefault("", new Problem.Location(line, 1));
            }
            at = at.substring(0, cut);
        }
    }
}
