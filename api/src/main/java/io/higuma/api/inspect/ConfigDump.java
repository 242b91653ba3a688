package io.higuma.api.inspect;

import io.higuma.envoy.EnvoyJson;
import io.higuma.model.wire.ProxyConfig;
import io.higuma.model.wire.TypeUrl;
import io.higuma.model.wire.WireResource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// What a proxy was told, in the shape of Envoy's own `/config_dump`
/// (`envoy.admin.v3.ConfigDump`). Of Envoy's there are also its bootstrap and what it made of the
/// rest.
final class ConfigDump {

    private static final String ADMIN = "type.googleapis.com/envoy.admin.v3.";

    private ConfigDump() {}

    /// @param withEndpoints whether endpoints are in it: Envoy leaves them out unless asked
    static ObjectNode of(ProxyConfig config, boolean withEndpoints) {
        ObjectNode dump = Shapes.JSON.objectNode();
        ArrayNode parts = dump.putArray("configs");
        ArrayNode clusters = part(parts, "ClustersConfigDump", "dynamic_active_clusters");
        each(
                config,
                TypeUrl.CLUSTER,
                (resource, message) -> entry(clusters, resource).set("cluster", message));
        if (withEndpoints) {
            ArrayNode endpoints = part(parts, "EndpointsConfigDump", "dynamic_endpoint_configs");
            each(
                    config,
                    TypeUrl.ENDPOINT,
                    (resource, message) -> entry(endpoints, resource).set("endpoint_config", message));
        }
        ArrayNode listeners = part(parts, "ListenersConfigDump", "dynamic_listeners");
        each(config, TypeUrl.LISTENER, (resource, message) -> {
            ObjectNode listener = listeners.addObject().put("name", resource.name());
            listener.putObject("active_state")
                    .put("version_info", resource.version())
                    .set("listener", message);
        });
        ArrayNode routes = part(parts, "RoutesConfigDump", "dynamic_route_configs");
        each(
                config,
                TypeUrl.ROUTE,
                (resource, message) -> entry(routes, resource).set("route_config", message));
        ArrayNode secrets = part(parts, "SecretsConfigDump", "dynamic_active_secrets");
        each(
                config,
                TypeUrl.SECRET,
                (resource, message) ->
                        entry(secrets, resource).put("name", resource.name()).set("secret", message));
        return dump;
    }

    private static ArrayNode part(ArrayNode parts, String type, String list) {
        return parts.addObject().put("@type", ADMIN + type).putArray(list);
    }

    private static ObjectNode entry(ArrayNode list, WireResource resource) {
        return list.addObject().put("version_info", resource.version());
    }

    /// Takes a resource and its message, which begins with its type as in an `Any`.
    @FunctionalInterface
    private interface Step {
        void take(WireResource resource, ObjectNode message);
    }

    private static void each(ProxyConfig config, TypeUrl type, Step step) {
        config.set(type).byName().forEach((name, resource) -> {
            ObjectNode message = Shapes.JSON.objectNode().put("@type", type.url());
            JsonNode read = JsonMapper.shared().readTree(EnvoyJson.asEnvoyWrites(resource));
            read.properties().forEach(field -> message.set(field.getKey(), field.getValue()));
            step.take(resource, message);
        });
    }
}
