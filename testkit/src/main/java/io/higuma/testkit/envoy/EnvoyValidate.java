package io.higuma.testkit.envoy;

import io.higuma.envoy.check.EnvoyTrial;
import io.higuma.model.wire.ResourceSet;
import java.time.Duration;
import java.util.Optional;

/// Asks the real Envoy of the tests whether it would take a configuration.
public final class EnvoyValidate {

    private static final EnvoyTrial TRIAL = new EnvoyTrial(EnvoyBinary.path(), Duration.ofMinutes(2), 2);

    private EnvoyValidate() {}

    /// What Envoy says against the resources; empty if it takes them.
    public static Optional<String> refusal(ResourceSet clusters, ResourceSet listeners, ResourceSet routes) {
        return TRIAL.refusal(clusters, listeners, routes);
    }
}
