package io.higuma.envoy;

/// A proxy's configuration cannot be made. It keeps its last good one, and nobody else is concerned.
public final class CompileException extends RuntimeException {

    private static final long serialVersionUID = 1L;
    private final String origin;

    /// @param origin what caused it: the KRI of a policy, or the key of a resource
    public CompileException(String origin, String message) {
        super(message);
        this.origin = origin;
    }

    public String origin() {
        return origin;
    }
}
