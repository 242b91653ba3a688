package io.higuma.controlplane;

import org.jspecify.annotations.Nullable;

/// The control plane cannot start here. The message is a sentence for the operator: what is wrong and what to do.
public final class StartException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public StartException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
