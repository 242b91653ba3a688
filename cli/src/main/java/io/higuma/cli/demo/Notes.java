package io.higuma.cli.demo;

import java.util.ArrayList;
import java.util.List;

/// Collects what a scene sees: each note is a fact, and whether it is the promised one.
final class Notes {

    private final List<String> facts = new ArrayList<>();
    private boolean ok = true;

    /// A fact that keeps the promise or breaks it.
    void check(boolean kept, String fact) {
        facts.add((kept ? "" : "NOT AS PROMISED: ") + fact);
        ok &= kept;
    }

    Step.Observation observation() {
        return new Step.Observation(ok, facts);
    }
}
