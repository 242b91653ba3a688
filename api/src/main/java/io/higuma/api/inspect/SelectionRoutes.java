package io.higuma.api.inspect;

import io.higuma.api.http.ApiException;
import io.higuma.api.http.ApiRequest;
import io.higuma.api.http.ApiResponse;
import io.higuma.api.http.Router;
import io.higuma.api.resources.Paging;
import io.higuma.api.resources.Reads;
import io.higuma.model.Labels;
import io.higuma.model.Resource;
import io.higuma.model.ResourceKey;
import io.higuma.model.Spec;
import io.higuma.model.core.CoreTypes;
import io.higuma.model.snapshot.MeshSnapshot;
import io.higuma.policy.Matched;
import io.higuma.policy.PolicyMatcher;
import io.higuma.policy.PolicyModule;
import io.higuma.schema.ResourceWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// Which proxies a policy or a service selects, and which policies select a proxy (contract 3.7).
public final class SelectionRoutes {

    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;
    private static final String SIDECAR = "SidecarDataplane";
    private static final String NO_POLICY = "Could not retrieve policy";
    private static final String MESH = "/meshes/{mesh}/";

    private final List<PolicyModule<?>> modules;
    private final Reads reads;
    private final Supplier<MeshSnapshot> snapshot;
    private final String zone;

    /// @param snapshot what the engine sees now
    /// @param zone of this control plane
    public SelectionRoutes(List<PolicyModule<?>> modules, Reads reads, Supplier<MeshSnapshot> snapshot, String zone) {
        this.modules = List.copyOf(modules);
        this.reads = reads;
        this.snapshot = snapshot;
        this.zone = zone;
    }

    public void addTo(Router.Builder routes) {
        for (PolicyModule<?> module : modules) {
            String one = MESH + module.type().names().path() + "/{name}";
            routes.get(one + "/_resources/dataplanes", request -> selected(module, request));
            routes.get(one + "/dataplanes", request -> attached(module, request));
        }
        routes.get(MESH + CoreTypes.MESH_SERVICE.names().path() + "/{name}/_dataplanes", this::members);
        routes.get(MESH + CoreTypes.DATAPLANE.names().path() + "/{name}/policies", this::policies);
    }

    private Optional<Resource> find(ApiRequest request, ResourceKey key) {
        reads.requireMesh(Optional.of(request.variable("mesh")));
        return reads.find(key);
    }

    private ApiResponse selected(PolicyModule<?> module, ApiRequest request) {
        Resource policy = find(request, module.type().key(request.variable("mesh"), request.variable("name")))
                .orElseThrow(() -> ApiException.notFound(NO_POLICY));
        return page(request, dataplanes(module, policy));
    }

    private ApiResponse members(ApiRequest request) {
        Resource service = find(request, CoreTypes.MESH_SERVICE.key(request.variable("mesh"), request.variable("name")))
                .orElseThrow(() -> ApiException.notFound(NO_POLICY));
        return page(request, snapshot.get().mesh(service.mesh()).members(service));
    }

    /// Those of the dataplanes whose name is asked for; `next` is left out on the last page.
    private static ApiResponse page(ApiRequest request, List<Resource> dataplanes) {
        String name = request.query().value("name").orElse("");
        Paging paging = Paging.of(request.query(), NO_POLICY);
        ObjectNode answer = paging.answer(
                request,
                dataplanes.stream().filter(d -> d.name().contains(name)).toList(),
                Shapes::meta);
        if (answer.path("next").isNull()) {
            answer.remove("next");
        }
        return ApiResponse.ok(answer);
    }

    /// Shadow policies are shown for what they would select.
    private <S extends Spec> List<Resource> dataplanes(PolicyModule<S> module, Resource policy) {
        Resource real = policy.withMeta(policy.meta().withLabels(policy.labels().without(Labels.EFFECT)));
        List<Resource> found = new ArrayList<>();
        for (Resource dataplane : reads.all(CoreTypes.DATAPLANE, Optional.of(policy.mesh()))) {
            if (PolicyMatcher.selects(
                    real, module.target(policy.spec(module.type().spec())), dataplane, zone)) {
                found.add(dataplane);
            }
        }
        return found;
    }

    /// As clients of the second generation ask. A policy that is not there selects nobody, there.
    private ApiResponse attached(PolicyModule<?> module, ApiRequest request) {
        List<Resource> dataplanes = find(request, module.type().key(request.variable("mesh"), request.variable("name")))
                .map(policy -> dataplanes(module, policy))
                .orElse(List.of());
        ObjectNode answer = JSON.objectNode();
        answer.put("total", dataplanes.size());
        ArrayNode items = answer.putArray("items");
        for (Resource dataplane : dataplanes) {
            ObjectNode item = items.addObject().put("kind", SIDECAR);
            item.putObject("dataplane").put("mesh", dataplane.mesh()).put("name", dataplane.name());
            item.putArray("attachments").addObject().put("type", "dataplane");
        }
        return ApiResponse.ok(answer);
    }

    private ApiResponse policies(ApiRequest request) {
        Resource dataplane = find(request, CoreTypes.DATAPLANE.key(request.variable("mesh"), request.variable("name")))
                .orElseThrow(() -> ApiException.notFound("Could not get MatchedPolicies"));
        ObjectNode matched = JSON.objectNode();
        for (PolicyModule<?> module : modules) {
            List<Resource> policies = matched(module, dataplane);
            if (!policies.isEmpty()) {
                ArrayNode entries = matched.putArray(module.type().name());
                policies.forEach(policy -> entries.add(ResourceWriter.envelope(policy)));
            }
        }
        ObjectNode answer = JSON.objectNode();
        answer.put("kind", SIDECAR).put("total", matched.isEmpty() ? 0 : 1);
        ArrayNode items = answer.putArray("items");
        if (!matched.isEmpty()) {
            items.addObject().put("type", "dataplane").set("matchedPolicies", matched);
        }
        return ApiResponse.ok(answer);
    }

    private <S extends Spec> List<Resource> matched(PolicyModule<S> module, Resource dataplane) {
        List<Resource> candidates = reads.all(module.type(), Optional.of(dataplane.mesh()));
        return PolicyMatcher.match(module, candidates, dataplane, zone).stream()
                .map(Matched::policy)
                .toList();
    }
}
