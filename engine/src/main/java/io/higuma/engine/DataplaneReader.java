package io.higuma.engine;

import io.higuma.model.Problem;
import io.higuma.model.Resource;
import java.util.List;
import java.util.Optional;

/// Reads the Dataplane that a proxy brings along in its node metadata (`dataplane.resource`, JSON).
@FunctionalInterface
public interface DataplaneReader {

    /// Never throws for what is wrong with the text. May be called from any thread.
    Reading read(String mesh, String name, String json);

    /// @param resource the Dataplane with the labels its author gave; empty if there are problems
    record Reading(Optional<Resource> resource, List<Problem> problems) {
        public Reading {
            problems = List.copyOf(problems);
        }
    }
}
