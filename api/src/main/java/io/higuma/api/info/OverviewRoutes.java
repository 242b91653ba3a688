package io.higuma.api.info;

import io.higuma.api.http.ApiException;
import io.higuma.api.http.ApiRequest;
import io.higuma.api.http.ApiResponse;
import io.higuma.api.http.Handler;
import io.higuma.api.http.Router;
import io.higuma.api.resources.Paging;
import io.higuma.api.resources.Reads;
import io.higuma.api.resources.ResourceRoutes;
import io.higuma.model.Resource;
import io.higuma.model.ResourceType;
import io.higuma.model.core.CoreTypes;
import io.higuma.model.core.DataplaneInsightSpec;
import io.higuma.schema.ResourceWriter;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// Dataplanes and zones together with what is known of them (contract 3.5), and what is known alone.
public final class OverviewRoutes {

    private final Reads reads;
    private final Observations observations;

    public OverviewRoutes(Reads reads, Observations observations) {
        this.reads = reads;
        this.observations = observations;
    }

    public void addTo(Router.Builder routes) {
        for (String prefix : List.of("/meshes/{mesh}", "")) {
            routes.get(prefix + "/dataplanes/_overview", list(CoreTypes.DATAPLANE));
            routes.get(prefix + "/dataplanes+insights", list(CoreTypes.DATAPLANE));
        }
        routes.get("/meshes/{mesh}/dataplanes/{name}/_overview", item(CoreTypes.DATAPLANE));
        routes.get("/meshes/{mesh}/dataplanes+insights/{name}", item(CoreTypes.DATAPLANE));
        routes.get("/zones/_overview", list(CoreTypes.ZONE));
        routes.get("/zones+insights", list(CoreTypes.ZONE));
        routes.get("/zones/{name}/_overview", item(CoreTypes.ZONE));
        routes.get("/zones+insights/{name}", item(CoreTypes.ZONE));
        // Clients of the first generation ask for zone proxies there; ours are Dataplanes.
        for (String path : List.of(
                "/zoneingresses/_overview",
                "/zone-ingresses/_overview",
                "/zoneingresses+insights",
                "/zoneegresses/_overview",
                "/zoneegresses+insights",
                "/zoneegressoverviews")) {
            routes.get(
                    path,
                    request -> ApiResponse.ok(
                            Paging.of(request.query()).answer(request, List.<Resource>of(), ResourceWriter::write)));
        }
        insights(routes);
    }

    private void insights(Router.Builder routes) {
        Handler refused = request -> {
            throw ResourceRoutes.refusedWrite();
        };
        routes.get("/meshes/{mesh}/dataplane-insights", this::insightList);
        routes.get("/dataplane-insights", this::insightList);
        String one = "/meshes/{mesh}/dataplane-insights/{name}";
        routes.get(one, this::insight).put(one, refused).delete(one, refused);
    }

    private static Optional<String> mesh(ApiRequest request) {
        return Optional.ofNullable(request.variables().get("mesh"));
    }

    private Handler list(ResourceType<?> type) {
        return request -> {
            reads.requireMesh(mesh(request));
            Paging paging = Paging.of(request.query());
            return ApiResponse.ok(paging.answer(
                    request, reads.list(type, mesh(request), request), resource -> overview(resource, false)));
        };
    }

    private Handler item(ResourceType<?> type) {
        return request -> {
            reads.requireMesh(mesh(request));
            if (request.query()
                    .value("format")
                    .filter(f -> !f.equals("universal"))
                    .isPresent()) {
                throw ApiException.badRequest("bad request: an overview has no other form than universal");
            }
            return ApiResponse.ok(
                    overview(reads.item(type.key(mesh(request).orElse(""), request.variable("name"))), true));
        };
    }

    /// @param always whether an insight that is not there is shown as an empty one
    private ObjectNode overview(Resource resource, boolean always) {
        ObjectNode overview = ResourceWriter.envelope(resource);
        overview.put("type", resource.type().name() + "Overview");
        String field = resource.type().names().singular();
        overview.set(field, ResourceWriter.flatSpec(resource));
        Optional<ObjectNode> insight = resource.type().equals(CoreTypes.DATAPLANE)
                ? observations.insight(resource.key()).map(spec -> ResourceWriter.flatSpec(insight(resource, spec)))
                : Optional.empty();
        insight.or(() -> always ? Optional.of(JsonNodeFactory.instance.objectNode()) : Optional.empty())
                .ifPresent(found -> overview.set(field + "Insight", found));
        return overview;
    }

    private static Resource insight(Resource dataplane, DataplaneInsightSpec spec) {
        return new Resource(
                CoreTypes.DATAPLANE_INSIGHT,
                CoreTypes.DATAPLANE_INSIGHT.key(dataplane.mesh(), dataplane.name()),
                dataplane.meta(),
                spec,
                Optional.empty());
    }

    private ApiResponse insightList(ApiRequest request) {
        reads.requireMesh(mesh(request));
        Paging paging = Paging.of(request.query());
        List<Resource> found = reads.list(CoreTypes.DATAPLANE, mesh(request), request).stream()
                .flatMap(d -> observations.insight(d.key()).map(spec -> insight(d, spec)).stream())
                .toList();
        return ApiResponse.ok(paging.answer(request, found, ResourceWriter::write));
    }

    private ApiResponse insight(ApiRequest request) {
        reads.requireMesh(mesh(request));
        Resource dataplane = reads.item(CoreTypes.DATAPLANE.key(mesh(request).orElse(""), request.variable("name")));
        return observations
                .insight(dataplane.key())
                .map(spec -> ApiResponse.ok(ResourceWriter.write(insight(dataplane, spec))))
                .orElseThrow(() -> ApiException.notFound("Could not retrieve a resource"));
    }
}
