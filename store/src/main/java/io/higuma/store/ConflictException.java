package io.higuma.store;

import io.higuma.model.ResourceKey;

/// A commit met another state than its writer expected; nothing of it was written.
public final class ConflictException extends RuntimeException {

    private static final long serialVersionUID = 1L;
    private final transient ResourceKey key;

    public ConflictException(ResourceKey key, String message) {
        super(message);
        this.key = key;
    }

    public ResourceKey key() {
        return key;
    }
}
