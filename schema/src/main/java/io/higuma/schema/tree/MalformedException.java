package io.higuma.schema.tree;

import io.higuma.model.Problem;
import io.higuma.model.Problem.Location;
import java.util.List;

/// A text that is no document at all, so that there is nothing to look for further problems in.
public final class MalformedException extends Exception {

    private static final long serialVersionUID = 1L;
    private final transient List<Problem> problems;

    public MalformedException(String message, Location at) {
        this(List.of(new Problem("", message, at)));
    }

    /// @param problems at least one
    public MalformedException(List<Problem> problems) {
        super(problems.getFirst().message(), null, false, false);
        this.problems = List.copyOf(problems);
    }

    /// The first of the problems.
    public Problem problem() {
        return problems.getFirst();
    }

    public List<Problem> problems() {
        return problems;
    }
}
