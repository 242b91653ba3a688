package io.higuma.schema.tree;

import io.higuma.model.Problem;
import io.higuma.model.Problem.Location;

/// A text that is no document at all, so that there is nothing to look for further problems in.
public final class MalformedException extends Exception {

    private static final long serialVersionUID = 1L;
    private final transient Problem problem;

    public MalformedException(String message, Location at) {
        super(message, null, false, false);
        this.problem = new Problem("", message, at);
    }

    public Problem problem() {
        return problem;
    }
}
