package io.higuma.policy;

import io.higuma.model.Kri;
import io.higuma.model.Labels;
import io.higuma.model.target.RouteBackendRef;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What the routes that select a proxy name.
///
/// @param backends what their references lead to, without weights; a reference that leads
/// nowhere is not in it
/// @param routes the MeshHTTPRoutes, which other policies may select; in order of identifiers
public record Routing(Map<RouteBackendRef, Backend> backends, List<Route> routes) {

    public static final Routing NONE = new Routing(Map.of(), List.of());

    public Routing {
        backends = Map.copyOf(backends);
        routes = List.copyOf(routes);
    }

    /// A MeshHTTPRoute.
    ///
    /// @param name its name, which stands for a display name that is not stored
    public record Route(Kri kri, Labels labels, String name) {}

    public Optional<Backend> backend(RouteBackendRef ref) {
        return Optional.ofNullable(backends.get(ref.withoutWeight()));
    }
}
