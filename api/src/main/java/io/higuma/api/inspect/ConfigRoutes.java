package io.higuma.api.inspect;

import io.higuma.api.auth.Access;
import io.higuma.api.auth.Access.Right;
import io.higuma.api.http.ApiException;
import io.higuma.api.http.ApiRequest;
import io.higuma.api.http.ApiResponse;
import io.higuma.api.http.Router;
import io.higuma.api.info.Observations;
import io.higuma.api.resources.Reads;
import io.higuma.envoy.CompileException;
import io.higuma.envoy.EnvoyJson;
import io.higuma.model.ResourceKey;
import io.higuma.model.core.CoreTypes;
import io.higuma.model.wire.ProxyConfig;
import io.higuma.model.wire.TypeUrl;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// What a connected proxy was told to run, or would be if shadow policies were real (contract
/// 3.7, `_config` and `xds`). Private keys are never shown.
final class ConfigRoutes {

    private static final String TITLE = "Failed to fetch dataplane insight";
    private static final Subjects.Titles TITLES = new Subjects.Titles(TITLE, TITLE);

    private final Subjects subjects;
    private final Observations observations;
    private final Access access;

    ConfigRoutes(Reads reads, Observations observations, Access access) {
        this.subjects = new Subjects(reads, observations);
        this.observations = observations;
        this.access = access;
    }

    void addTo(Router.Builder routes) {
        String dataplane = "/meshes/{mesh}/" + CoreTypes.DATAPLANE.names().path() + "/{name}";
        routes.get(dataplane + "/_config", this::config);
        routes.get(dataplane + "/xds", this::dump);
    }

    /// The reference asks Envoy; here it is what Envoy was told, in Envoy's shape.
    private ApiResponse dump(ApiRequest request) {
        access.require(Right.VIEW_CONFIG_DUMP, request.principal(), "envoy proxy info");
        ResourceKey key = subjects.dataplane(request, AdminRoutes.TITLES).key();
        ProxyConfig config = observations
                .config(key)
                .orElseThrow(() -> ApiException.of(404, AdminRoutes.TITLE, "the proxy is not connected"));
        boolean endpoints = request.query()
                .value("include_eds")
                .filter(value -> !value.equals("false"))
                .isPresent();
        return ApiResponse.ok(ConfigDump.of(config, endpoints));
    }

    private ApiResponse config(ApiRequest request) {
        access.require(Right.VIEW_CONFIG_DUMP, request.principal(), "envoy proxy info");
        boolean shadow = request.query().flag("shadow");
        boolean diff = diff(request.query().value("include"));
        ResourceKey key = subjects.dataplane(request, TITLES).key();
        ObjectNode now = json(found(observations.config(key)));
        ObjectNode answer = Shapes.JSON.objectNode();
        if (!shadow && !diff) {
            answer.set("xds", now);
            return ApiResponse.ok(answer);
        }
        ObjectNode then = json(found(shadows(key)));
        answer.set("xds", shadow ? then : now);
        if (diff) {
            answer.set("diff", JsonDiff.between(now, then));
        }
        return ApiResponse.ok(answer);
    }

    private static boolean diff(Optional<String> text) {
        if (text.filter(value -> !value.equals("diff")).isPresent()) {
            throw ApiException.badRequest("bad request: unsupported value for query parameter 'include'");
        }
        return text.isPresent();
    }

    private Optional<ProxyConfig> shadows(ResourceKey key) {
        try {
            return observations.configWithShadows(key);
        } catch (CompileException e) {
            throw ApiException.of(
                    422, "Could not make the configuration", "with the shadow policies: " + e.getMessage());
        }
    }

    private static ProxyConfig found(Optional<ProxyConfig> config) {
        return config.orElseThrow(() -> ApiException.notFound(TITLE));
    }

    private static ObjectNode json(ProxyConfig config) {
        ObjectNode xds = Shapes.JSON.objectNode();
        for (TypeUrl type : TypeUrl.values()) {
            ObjectNode resources = Shapes.JSON.objectNode();
            config.set(type).byName().forEach((name, resource) -> {
                JsonNode message = JsonMapper.shared().readTree(EnvoyJson.json(resource));
                resources.set(name, message);
            });
            if (!resources.isEmpty()) {
                xds.set(type.url(), resources);
            }
        }
        return xds;
    }
}
