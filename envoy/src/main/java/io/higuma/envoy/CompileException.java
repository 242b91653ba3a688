package io.higuma.envoy;

import java.util.List;

/// A proxy's configuration cannot be made. It keeps its last good one, and nobody else is concerned.
public final class CompileException extends RuntimeException {

    private static final long serialVersionUID = 1L;
    private final String origin;
    private final transient List<String> policies;

    /// @param origin what caused it: the KRI of a policy, or the key of a resource
    public CompileException(String origin, String message) {
        this(origin, message, List.of());
    }

    /// @param policies the KRIs of the policies that had a hand in it
    public CompileException(String origin, String message, List<String> policies) {
        super(message);
        this.origin = origin;
        this.policies = List.copyOf(policies);
    }

    public String origin() {
        return origin;
    }

    /// The KRIs of the policies that had a hand in it, as far as it is known.
    public List<String> policies() {
        return policies;
    }

    /// The same, with policies where it names none yet.
    CompileException under(List<String> responsible) {
        if (!policies.isEmpty() || responsible.isEmpty()) {
            return this;
        }
        CompileException named = new CompileException(
                origin,
                String.valueOf(getMessage()),
                responsible.stream().distinct().sorted().toList());
        named.initCause(this);
        return named;
    }
}
