package io.higuma.store.sql;

import org.jspecify.annotations.Nullable;

/// A store that cannot be opened. The message is a sentence for the operator: what is wrong and what to do.
public final class StoreOpenException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    StoreOpenException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
