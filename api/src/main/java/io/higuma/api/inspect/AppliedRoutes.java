package io.higuma.api.inspect;

import io.higuma.api.http.ApiException;
import io.higuma.api.http.ApiRequest;
import io.higuma.api.http.ApiResponse;
import io.higuma.api.http.Router;
import io.higuma.api.info.Observations;
import io.higuma.api.resources.Reads;
import io.higuma.engine.Inspection;
import io.higuma.model.core.CoreTypes;
import io.higuma.model.core.DataplaneSpec;
import io.higuma.policy.Backend;
import io.higuma.policy.Effective;
import io.higuma.policy.InboundRule;
import io.higuma.policy.InboundView;
import io.higuma.policy.Outline;
import io.higuma.policy.Outline.RouteRule;
import io.higuma.policy.Routing;
import io.higuma.policy.Selection;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// What a proxy is made of, and which policies hold for it, for what it serves and for what it calls, merged as the
/// engine merges them (contract 3.7).
final class AppliedRoutes {

    private static final Subjects.Titles TITLES =
            new Subjects.Titles("Failed to retrieve Mesh", "Could not retrieve Dataplane");
    private static final Subjects.Titles LAYOUT =
            new Subjects.Titles("Failed to build MeshContext", "Failed to retrieve Dataplane");
    private static final String ONE =
            "/meshes/{mesh}/" + CoreTypes.DATAPLANE.names().path() + "/{name}";
    private static final String OUTBOUND = ONE + "/_outbounds/{kri}";

    private final Subjects subjects;

    AppliedRoutes(Reads reads, Observations observations) {
        this.subjects = new Subjects(reads, observations);
    }

    void addTo(Router.Builder routes) {
        routes.get(ONE + "/_layout", this::layout);
        routes.get(ONE + "/_policies", this::ofProxy);
        routes.get(ONE + "/_inbounds/{kri}/_policies", this::ofInbound);
        routes.get(OUTBOUND + "/_policies", this::ofOutbound);
        routes.get(OUTBOUND + "/_routes", this::routesOf);
        routes.get(OUTBOUND + "/_routes/{route}/_policies", this::ofRoute);
    }

    private ApiResponse layout(ApiRequest request) {
        Inspection inspection = subjects.inspect(request, LAYOUT);
        ObjectNode answer = Layout.of(inspection.view());
        return ApiResponse.ok(answer);
    }

    private ApiResponse ofProxy(ApiRequest request) {
        ObjectNode answer = Shapes.JSON.objectNode();
        ArrayNode policies = answer.putArray("policies");
        for (Selection<?> each : subjects.inspect(request, TITLES).policies()) {
            each.outline().ofProxy().ifPresent(effective -> {
                ObjectNode entry = entry(policies, each);
                entry.set("conf", Shapes.conf(effective.conf()));
                entry.set("origins", Shapes.origins(effective.sources()));
            });
        }
        return ApiResponse.ok(answer);
    }

    private ApiResponse ofInbound(ApiRequest request) {
        Inspection inspection = subjects.inspect(request, TITLES);
        String section = Subjects.kri(request.variable("kri")).section();
        InboundView inbound = Subjects.inbound(inspection, section).orElseThrow(() -> unknown(inspection, section));
        ObjectNode answer = Shapes.JSON.objectNode();
        ArrayNode policies = answer.putArray("policies");
        for (Selection<?> each : inspection.policies()) {
            List<? extends InboundRule<? extends Record>> rules = each.outline().of(inbound);
            if (!rules.isEmpty()) {
                ObjectNode entry = entry(policies, each);
                ArrayNode listed = entry.putArray("rules");
                for (InboundRule<? extends Record> rule : rules) {
                    listed.addObject().put("kri", Shapes.kri(rule)).set("conf", Shapes.conf(rule.conf()));
                }
                entry.set("origins", Shapes.origins(rules));
            }
        }
        return ApiResponse.ok(answer);
    }

    private static ApiException unknown(Inspection inspection, String section) {
        List<String> there = inspection.view().inbounds().stream()
                .map(InboundView::inbound)
                .map(DataplaneSpec.Inbound::section)
                .toList();
        return ApiException.of(
                404, "Failed building response", "there is no inbound \"" + section + "\", only " + there);
    }

    private ApiResponse ofOutbound(ApiRequest request) {
        Inspection inspection = subjects.inspect(request, TITLES);
        Backend backend = Subjects.backend(inspection, Subjects.kri(request.variable("kri")));
        return ApiResponse.ok(outbound(inspection, outline -> outline.of(backend)));
    }

    private ApiResponse ofRoute(ApiRequest request) {
        Inspection inspection = subjects.inspect(request, TITLES);
        Backend backend = Subjects.backend(inspection, Subjects.kri(request.variable("kri")));
        Optional<Routing.Route> route = Subjects.route(inspection, Subjects.kri(request.variable("route")));
        return ApiResponse.ok(outbound(
                inspection,
                outline -> outline.routes(backend).isEmpty()
                        ? route.<Optional<? extends Effective<? extends Record>>>map(
                                        known -> outline.of(backend, known))
                                .orElseGet(() -> outline.of(backend))
                        : Optional.empty()));
    }

    private static ObjectNode outbound(
            Inspection inspection, Function<Outline, Optional<? extends Effective<? extends Record>>> question) {
        ObjectNode answer = Shapes.JSON.objectNode();
        ArrayNode policies = answer.putArray("policies");
        for (Selection<?> each : inspection.policies()) {
            question.apply(each.outline()).ifPresent(effective -> {
                ObjectNode entry = entry(policies, each);
                entry.putArray("conf").add(Shapes.conf(effective.conf()));
                entry.set("origins", Shapes.origins(effective.sources()));
            });
        }
        return answer;
    }

    private ApiResponse routesOf(ApiRequest request) {
        Inspection inspection = subjects.inspect(request, TITLES);
        Backend backend = Subjects.backend(inspection, Subjects.kri(request.variable("kri")));
        ObjectNode answer = Shapes.JSON.objectNode();
        ArrayNode routes = answer.putArray("routes");
        for (Selection<?> each : inspection.policies()) {
            List<RouteRule> rules = each.outline().routes(backend);
            if (!rules.isEmpty()) {
                ObjectNode entry = entry(routes, each);
                ArrayNode listed = entry.putArray("rules");
                rules.forEach(rule -> listed.add(rule(rule)));
                entry.set(
                        "origins",
                        Shapes.origins(each.outline().of(backend).orElseThrow().sources()));
            }
        }
        return ApiResponse.ok(answer);
    }

    private static ObjectNode rule(RouteRule rule) {
        ObjectNode node = Shapes.JSON.objectNode();
        node.put("kri", rule.source().map(Shapes::kri).orElse(""));
        if (rule.matches().isEmpty()) {
            node.putNull("matches");
        } else {
            node.set("matches", Shapes.confs(rule.matches()));
        }
        node.set("conf", Shapes.conf(rule.conf()));
        return node;
    }

    private static ObjectNode entry(ArrayNode policies, Selection<?> selection) {
        return policies.addObject().put("kind", selection.module().type().name());
    }
}
