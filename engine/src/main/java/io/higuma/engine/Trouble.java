package io.higuma.engine;

import java.util.List;

/// Why some proxies do not run what they should: one sentence and whom it is about.
///
/// @param message the compiler's words or Envoy's
/// @param byEnvoy whether Envoy refused it; otherwise it could not be made
/// @param origin what caused it: the key of a resource, or the KRI of a policy; empty for Envoy's words
/// @param policies the KRIs of the policies that had a hand in it, sorted, as far as it is known
/// @param proxies the first hundred of those concerned, as `mesh/name`, sorted
/// @param count of all of them
public record Trouble(
        String message, boolean byEnvoy, String origin, List<String> policies, List<String> proxies, int count) {

    public Trouble {
        policies = List.copyOf(policies);
        proxies = List.copyOf(proxies);
    }
}
