package io.higuma.policy;

import io.higuma.model.Labels;
import io.higuma.model.Resource;
import io.higuma.model.core.ServiceSpec.ServicePort;
import io.higuma.model.target.RouteBackendRef;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/// What a reference of a route leads to (contract 2.4, at the end).
public final class RouteBackends {

    private RouteBackends() {}

    /// Of the services that carry the labels the oldest; of two of one age the first by name.
    ///
    /// @param candidates services of the kind that is referred to, in any order
    public static Optional<Resource> service(Collection<Resource> candidates, RouteBackendRef ref) {
        return candidates.stream()
                .filter(service -> carries(service, ref))
                .min(Comparator.comparing((Resource service) -> service.meta().created())
                        .thenComparing(Resource::name));
    }

    /// Whether a service carries the labels of a reference, whatever else decides.
    private static boolean carries(Resource service, RouteBackendRef ref) {
        return service.key().type().equals(ref.kind().text())
                && !ref.labels().isEmpty()
                && ref.labels().entrySet().stream()
                        .allMatch(wanted -> wanted.getValue()
                                .equals(
                                        wanted.getKey().equals(Labels.DISPLAY_NAME)
                                                ? service.displayName()
                                                : service.labels()
                                                        .value(wanted.getKey())
                                                        .orElse("")));
    }

    /// The port that is meant: the named one, the numbered one, or the only one. Of several
    /// none is guessed.
    public static Optional<ServicePort> port(List<ServicePort> ports, RouteBackendRef ref) {
        if (ref.sectionName().isPresent() || ref.port().isPresent()) {
            return ports.stream()
                    .filter(port -> ref.sectionName()
                            .map(section ->
                                    section.equals(port.section()) || section.equals(Integer.toString(port.port())))
                            .orElse(true))
                    .filter(port ->
                            ref.port().map(number -> number == port.port()).orElse(true))
                    .findFirst();
        }
        return ports.size() == 1 ? Optional.of(ports.getFirst()) : Optional.empty();
    }
}
