package io.higuma.envoy;

import java.util.List;

/// A proxy's configuration cannot be made. It keeps its last good one, and nobody else is concerned.
public final class CompileException extends RuntimeException {

    /// The origin of what is wrong with any proxy that makes these calls.
    public static final String SHARED = "";

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

    /// The same, laid to a proxy where it is wrong with any.
    public CompileException of(String proxy) {
        return origin.equals(SHARED)
                ? caused(new CompileException(proxy, String.valueOf(getMessage()), policies))
                : this;
    }

    /// The same, with policies where it names none yet.
    CompileException under(List<String> responsible) {
        if (!policies.isEmpty() || responsible.isEmpty()) {
            return this;
        }
        return caused(new CompileException(
                origin,
                String.valueOf(getMessage()),
                responsible.stream().distinct().sorted().toList()));
    }

    private CompileException caused(CompileException named) {
        named.initCause(this);
        return named;
    }
}
