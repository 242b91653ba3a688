package io.higuma.model;

import java.util.ArrayList;
import java.util.List;

/// Collects everything that is wrong with an input, so that a person mends it in one go. Not thread-safe: one
/// instance belongs to one validation.
public final class Problems {

    /// More than this many are not kept: nobody mends a thousand at once, and input must not cost unbounded memory.
    public static final int LIMIT = 100;

    private final List<Problem> found = new ArrayList<>();

    public void add(String path, String message) {
        add(new Problem(path, message));
    }

    public void add(Problem problem) {
        if (found.size() < LIMIT) {
            found.add(problem);
        }
    }

    public boolean isEmpty() {
        return found.isEmpty();
    }

    /// What was found so far, in the order it was found.
    public List<Problem> found() {
        return List.copyOf(found);
    }
}
