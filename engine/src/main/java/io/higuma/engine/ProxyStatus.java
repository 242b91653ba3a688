package io.higuma.engine;

import io.higuma.model.ResourceKey;
import java.time.Instant;
import java.util.Optional;

/// A connected proxy, as people see it.
///
/// @param peer the other end's address
/// @param settled whether it acknowledged a whole configuration
/// @param problem why it does not run what it should, in Envoy's words or the compiler's; empty if it does
public record ProxyStatus(
        ResourceKey dataplane, String peer, Instant connected, boolean settled, Optional<String> problem) {}
