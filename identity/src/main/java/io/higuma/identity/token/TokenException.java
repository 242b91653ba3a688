package io.higuma.identity.token;

/// A token that is not accepted, or cannot be issued. The message is a sentence without any part of the token.
public final class TokenException extends Exception {

    private static final long serialVersionUID = 1L;
    private final boolean keyMissing;

    TokenException(String message, boolean keyMissing) {
        super(message);
        this.keyMissing = keyMissing;
    }

    /// Whether no key was found that could sign or verify.
    public boolean keyMissing() {
        return keyMissing;
    }
}
