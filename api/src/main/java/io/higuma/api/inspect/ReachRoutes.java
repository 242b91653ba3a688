package io.higuma.api.inspect;

import io.higuma.api.http.ApiException;
import io.higuma.api.http.ApiRequest;
import io.higuma.api.http.ApiResponse;
import io.higuma.api.http.Query;
import io.higuma.api.http.Router;
import io.higuma.api.info.Observations;
import io.higuma.api.resources.Reads;
import io.higuma.engine.ReachReport;
import io.higuma.engine.ReachReport.Called;
import io.higuma.envoy.CompileException;
import io.higuma.model.Problem;
import io.higuma.model.Problems;
import io.higuma.model.ResourceKey;
import io.higuma.model.ResourceType;
import io.higuma.model.core.CoreTypes;
import io.higuma.model.core.DataplaneSpec.ReachableBackend;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.TreeMap;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// How much a proxy is told of services, and how much with other `reachableBackends`. Ours; the contract has no such
/// question.
final class ReachRoutes {

    private static final Subjects.Titles TITLES =
            new Subjects.Titles("Failed to retrieve Mesh", "Could not retrieve Dataplane");

    private final Subjects subjects;
    private final Reads reads;
    private final Observations observations;

    ReachRoutes(Reads reads, Observations observations) {
        this.subjects = new Subjects(reads, observations);
        this.reads = reads;
        this.observations = observations;
    }

    void addTo(Router.Builder routes) {
        routes.get("/meshes/{mesh}/" + CoreTypes.DATAPLANE.names().path() + "/{name}/_reach", this::reach);
    }

    private ApiResponse reach(ApiRequest request) {
        ResourceKey key = subjects.dataplane(request, TITLES).key();
        List<ReachableBackend> asked = asked(request.query(), key.mesh());
        try {
            return ApiResponse.ok(observations
                    .reach(key, asked)
                    .map(ReachRoutes::json)
                    .orElseThrow(() -> ApiException.of(
                            503, "Service unavailable", "the Dataplane was just written, and is not looked at yet")));
        } catch (CompileException e) {
            throw ApiException.of(422, "Could not make the configuration", String.valueOf(e.getMessage()));
        }
    }

    /// The services of `to=NAME` (a MeshService) and `to=KIND/NAME`.
    private List<ReachableBackend> asked(Query query, String mesh) {
        List<ReachableBackend> found = new ArrayList<>();
        Problems problems = new Problems();
        for (Query.Parameter parameter : query.parameters()) {
            if (parameter.key().equals("to")) {
                String text = parameter.value();
                int slash = text.indexOf('/');
                String kind = slash < 0 ? CoreTypes.MESH_SERVICE.name() : text.substring(0, slash);
                String name = text.substring(slash + 1);
                CoreTypes.SERVICES.stream()
                        .filter(type -> type.name().equals(kind))
                        .filter(type -> reads.find(type.key(mesh, name)).isPresent())
                        .findFirst()
                        .ifPresentOrElse(
                                type -> found.add(ref(type.name(), name)),
                                () -> problems.add(
                                        "to",
                                        "there is no " + kind + " " + name + " in mesh " + mesh
                                                + "; expected a name, or "
                                                + String.join(
                                                        ", ",
                                                        CoreTypes.SERVICES.stream()
                                                                .map(ResourceType::name)
                                                                .toList())
                                                + " and a name: KIND/NAME"));
            }
        }
        if (!problems.isEmpty()) {
            throw ApiException.badRequest("bad request: "
                    + String.join(
                            "; ",
                            problems.found().stream().map(Problem::message).toList()));
        }
        return found;
    }

    private static ReachableBackend ref(String kind, String name) {
        return new ReachableBackend(kind, Optional.of(name), Optional.empty(), Optional.empty(), new TreeMap<>());
    }

    private static ObjectNode json(ReachReport report) {
        ObjectNode answer = Shapes.JSON.objectNode();
        answer.put("connected", report.connected())
                .put("redirected", report.redirected())
                .put("identified", report.identified());
        answer.set("now", told(report.now()));
        ArrayNode services = answer.putArray("services");
        for (Called each : report.services()) {
            services.addObject()
                    .put("kind", each.service().type())
                    .put("name", each.service().name())
                    .put("verdict", each.verdict().name().toLowerCase(Locale.ROOT));
        }
        ArrayNode refs = answer.putObject("reachableBackends").putArray("refs");
        for (ReachableBackend each : report.refs()) {
            refs.addObject().put("kind", each.kind()).put("name", each.name().orElse(""));
        }
        answer.set("then", told(report.then()));
        return answer;
    }

    private static ObjectNode told(ReachReport.Told told) {
        return Shapes.JSON
                .objectNode()
                .put("services", told.services())
                .put("clusters", told.clusters())
                .put("endpoints", told.endpoints())
                .put("listeners", told.listeners())
                .put("routes", told.routes())
                .put("bytes", told.bytes());
    }
}
