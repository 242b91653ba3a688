package io.higuma.dataplane;

import org.jspecify.annotations.Nullable;

/// Ends the launcher: a sentence for the person and an exit code. The codes are those of `docs/cli.md`.
public final class StopException extends RuntimeException {

    private static final long serialVersionUID = 1;

    public static final int REFUSED = 1;
    public static final int USAGE = 2;
    public static final int ENVIRONMENT = 3;
    public static final int UNREACHABLE = 4;

    private final int exitCode;

    public StopException(int exitCode, @Nullable String message) {
        super(message);
        this.exitCode = exitCode;
    }

    public int exitCode() {
        return exitCode;
    }
}
