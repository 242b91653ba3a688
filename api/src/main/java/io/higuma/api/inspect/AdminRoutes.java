package io.higuma.api.inspect;

import io.higuma.api.http.ApiException;
import io.higuma.api.http.ApiRequest;
import io.higuma.api.http.ApiResponse;
import io.higuma.api.http.Router;
import io.higuma.api.info.Observations;
import io.higuma.api.resources.Reads;
import io.higuma.model.core.CoreTypes;
import java.util.Set;

/// What clients ask of Envoy's admin interface through the control plane (contract 3.7), which does not call Envoys: it
/// says so, and where else to look.
final class AdminRoutes {

    static final String TITLE = "Could not execute admin operation";
    static final Subjects.Titles TITLES =
            new Subjects.Titles("Failed to retrieve Mesh", "Could not get dataplane resource");
    private static final Set<String> OPERATIONS = Set.of("stats", "clusters");

    private final Subjects subjects;

    AdminRoutes(Reads reads, Observations observations) {
        this.subjects = new Subjects(reads, observations);
    }

    void addTo(Router.Builder routes) {
        routes.get("/meshes/{mesh}/" + CoreTypes.DATAPLANE.names().path() + "/{name}/{operation}", this::operation);
    }

    private ApiResponse operation(ApiRequest request) {
        subjects.dataplane(request, TITLES);
        if (!OPERATIONS.contains(request.variable("operation"))) {
            throw ApiException.notFound(TITLE);
        }
        throw ApiException.of(
                404,
                TITLE,
                "this control plane does not call the admin interface of Envoys: _config and xds show what the proxy"
                        + " was told, the rest is answered on the host of the proxy");
    }
}
