package io.higuma.store;

/// The store cannot take or give anything now: its disk is full, read-only or gone. What was acknowledged stays.
public final class StoreUnavailableException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public StoreUnavailableException(String message, Throwable cause) {
        super(message, cause);
    }
}
