package io.higuma.envoy;

import io.higuma.model.wire.Reference;
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
    static Optional<LooseEnd> looseEnd(Compiled compiled, List<WireResource> resources) {
        for (WireResource resource : resources) {
            for (Reference reference : resource.references()) {
                if (!isThere(compiled, reference)) {
                    return Optional.of(new LooseEnd(
                            resource,
                            word(resource.type()) + " " + resource.name() + " leads to the " + word(reference.type())
                                    + " " + reference.name() + ", which is not there"));
                }
            }
        }
        return Optional.empty();
    }

    private static boolean isThere(Compiled compiled, Reference reference) {
        return switch (reference.type()) {
            case CLUSTER -> compiled.clusters().get(reference.name()) != null;
            case ROUTE -> compiled.routes().get(reference.name()) != null;
            case LISTENER -> compiled.listeners().get(reference.name()) != null;
            case ENDPOINT -> compiled.endpointNames().contains(reference.name());
            case SECRET -> compiled.secretNames().contains(reference.name());
        };
    }

    private static String word(TypeUrl type) {
        return type.name().toLowerCase(Locale.ROOT);
    }
}
