package io.higuma.cli;

import org.jspecify.annotations.Nullable;

/// Ends a verb: a message for the person and the exit code. Not a bug, so it is printed without a stack trace.
public final class Failure extends RuntimeException {

    private static final long serialVersionUID = 1;

    private final int exitCode;

    public Failure(int exitCode, @Nullable String message) {
        super(message);
        this.exitCode = exitCode;
    }

    public int exitCode() {
        return exitCode;
    }

    @Override
    public String getMessage() {
        String message = super.getMessage();
        return message == null ? "" : message;
    }
}
