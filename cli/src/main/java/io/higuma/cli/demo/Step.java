package io.higuma.cli.demo;

import java.util.List;

/// A step of the story, as it is announced: what is done and what is promised.
///
/// @param name for programs: `mutual-tls`
/// @param title for people
/// @param done what a person would type, documents and commands
/// @param promised one sentence
record Step(String name, String title, List<String> done, String promised) {

    Step {
        done = List.copyOf(done);
    }

    /// What was seen of the promise.
    ///
    /// @param ok whether all of it was kept
    /// @param observed what was seen, sentence by sentence
    record Observation(boolean ok, List<String> observed) {

        Observation {
            observed = List.copyOf(observed);
        }
    }

    /// A step that has been played.
    record Outcome(Step step, Observation observation, long millis) {}
}
