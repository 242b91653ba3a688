package io.higuma.engine;

import io.higuma.envoy.ProxyCompiler;
import io.higuma.model.core.SecureDataSource;
import io.higuma.policy.PolicyModule;
import io.higuma.store.ResourceStore;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/// What the engine is made of; everything it does not make itself.
///
/// @param reader reads the Dataplane a proxy brings along
/// @param localSources values of files and environment variables of this host; empty if one cannot be read
public record EngineParts(
        ResourceStore store,
        List<PolicyModule<?>> policies,
        ProxyCompiler compiler,
        DataplaneReader reader,
        Function<SecureDataSource, Optional<String>> localSources,
        InstantSource clock,
        SecureRandom random) {

    public EngineParts {
        policies = List.copyOf(policies);
    }
}
