package io.higuma.envoy;

import io.higuma.model.wire.Reference;
import io.higuma.model.wire.ResourceSet;
import io.higuma.model.wire.TypeUrl;
import io.higuma.model.wire.WireResource;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// Whether everything a proxy's resources lead to is there. A configuration with a loose end never leaves: Envoy would
/// refuse it, or answer requests with 503.
final class Coherence {

    private Coherence() {}

    /// The first loose end, with what is wrong.
    ///
    /// @param resource the one that leads nowhere
    record LooseEnd(WireResource resource, String sentence) {}

    /// Costs a lookup per reference; what a resource leads to was found out when it was encoded.
    static Optional<LooseEnd> looseEnd(CompiledProxy proxy) {
        for (ResourceSet set : List.of(proxy.listeners(), proxy.routes(), proxy.clusters())) {
            for (WireResource resource : set.resources()) {
                for (Reference reference : resource.references()) {
                    if (!isThere(proxy, reference)) {
                        return Optional.of(new LooseEnd(
                                resource,
                                word(resource.type()) + " " + resource.name() + " leads to the "
                                        + word(reference.type()) + " " + reference.name() + ", which is not there"));
                    }
                }
            }
        }
        return Optional.empty();
    }

    private static boolean isThere(CompiledProxy proxy, Reference reference) {
        return switch (reference.type()) {
            case CLUSTER -> proxy.clusters().get(reference.name()) != null;
            case ROUTE -> proxy.routes().get(reference.name()) != null;
            case LISTENER -> proxy.listeners().get(reference.name()) != null;
            case ENDPOINT -> proxy.endpointNames().contains(reference.name());
            case SECRET -> proxy.secretNames().contains(reference.name());
        };
    }

    private static String word(TypeUrl type) {
        return type.name().toLowerCase(Locale.ROOT);
    }
}
