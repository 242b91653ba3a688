package io.higuma.cli.client;

/// No answer came: nobody listens, the name is unknown, the certificate is not trusted, or time ran out.
public final class UnreachableException extends RuntimeException {

    private static final long serialVersionUID = 1;

    UnreachableException(String message, Throwable cause) {
        super(message, cause);
    }
}
