package io.higuma.api.info;

import io.higuma.api.auth.Access;
import io.higuma.api.auth.Access.Right;
import io.higuma.api.http.ApiRequest;
import io.higuma.api.http.ApiResponse;
import io.higuma.api.http.Router;
import io.higuma.model.PolicyTraits;
import io.higuma.model.ResourceType;
import io.higuma.model.ResourceTypes;
import io.higuma.model.Scope;
import io.higuma.model.core.CoreTypes;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// What the control plane tells of itself and of the types it knows (contract 3.6).
public final class InfoRoutes {

    /// Types that a global control plane does not hand out or take over.
    private static final Set<String> LOCAL = Set.of("Dataplane", "DataplaneInsight", "Workload", "MeshService");

    private final Self self;
    private final ResourceTypes types;
    private final Access access;

    /// The control plane that answers.
    ///
    /// @param clusterId known once the first start has written it
    /// @param configuration in effect, without secrets
    public record Self(
            String hostname,
            String version,
            String instanceId,
            Supplier<Optional<String>> clusterId,
            Supplier<ObjectNode> configuration) {}

    public InfoRoutes(Self self, ResourceTypes types, Access access) {
        this.self = self;
        this.types = types;
        this.access = access;
    }

    public void addTo(Router.Builder routes) {
        routes.get("/", this::index);
        routes.get("/config", this::configuration);
        routes.get("/versions", request -> versions());
        routes.get("/who-am-i", InfoRoutes::whoAmI);
        routes.get("/policies", request -> policies());
        routes.get("/_resources", request -> resources());
    }

    private ApiResponse index(ApiRequest request) {
        ObjectNode index = JsonNodeFactory.instance.objectNode();
        index.put("hostname", self.hostname()).put("product", "Kuma").put("version", self.version());
        index.put("instanceId", self.instanceId());
        index.put("clusterId", self.clusterId().get().orElse(""));
        index.put("gui", "The gui is not part of this control plane.");
        return ApiResponse.ok(index);
    }

    private ApiResponse configuration(ApiRequest request) {
        access.require(Right.CONTROL_PLANE_METADATA, request.principal(), "control-plane metadata");
        return ApiResponse.ok(self.configuration().get());
    }

    /// Our own version, and the generations of clients that are served.
    private ApiResponse versions() {
        ObjectNode body = JsonNodeFactory.instance.objectNode();
        body.put("higuma", self.version());
        body.putObject("clients").putArray("kumaDp").add("2.14").add("3.0");
        return ApiResponse.ok(body);
    }

    private static ApiResponse whoAmI(ApiRequest request) {
        ObjectNode body = JsonNodeFactory.instance.objectNode();
        body.put("name", request.principal().name());
        ArrayNode groups = body.putArray("groups");
        request.principal().groups().forEach(groups::add);
        return ApiResponse.ok(body);
    }

    private ApiResponse policies() {
        ObjectNode body = JsonNodeFactory.instance.objectNode();
        ArrayNode policies = body.putArray("policies");
        for (ResourceType<?> type : types.all()) {
            type.policy().ifPresent(traits -> {
                ObjectNode policy = policies.addObject();
                policy.put("name", type.name()).put("readOnly", false);
                names(policy, type);
                policy.put("isExperimental", false).put("isTargetRefBased", true);
                policy.put("isInbound", traits.hasRules()).put("isOutbound", traits.hasTo());
            });
        }
        return ApiResponse.ok(body);
    }

    private static void names(ObjectNode object, ResourceType<?> type) {
        object.put("path", type.names().path());
        object.put("singularDisplayName", type.names().singularDisplay());
        object.put("pluralDisplayName", type.names().pluralDisplay());
    }

    private ApiResponse resources() {
        ObjectNode body = JsonNodeFactory.instance.objectNode();
        ArrayNode resources = body.putArray("resources");
        for (ResourceType<?> type : types.all()) {
            if (type.names().path().isEmpty()) {
                continue;
            }
            ObjectNode entry = resources.addObject();
            entry.put("name", type.name()).put("scope", type.scope() == Scope.MESH ? "Mesh" : "Global");
            entry.put("readOnly", !type.writable());
            names(entry, type);
            entry.put("shortName", type.names().shortName());
            entry.put("includeInFederation", !LOCAL.contains(type.name()) && !type.equals(CoreTypes.ZONE));
            type.policy().ifPresent(traits -> entry.set("policy", traits(traits)));
        }
        return ApiResponse.ok(body);
    }

    private static ObjectNode traits(PolicyTraits traits) {
        return JsonNodeFactory.instance
                .objectNode()
                .put("isTargetRef", true)
                .put("hasToTargetRef", traits.hasTo())
                .put("hasFromTargetRef", false)
                .put("hasRulesTargetRef", traits.hasRules())
                .put("isFromAsRules", false);
    }
}
