package io.higuma.api.inspect;

import io.higuma.api.http.ApiException;
import io.higuma.api.http.ApiRequest;
import io.higuma.api.http.ApiResponse;
import io.higuma.api.http.Router;
import io.higuma.api.resources.Reads;
import io.higuma.model.Labels;
import io.higuma.model.Resource;
import io.higuma.model.ResourceType;
import io.higuma.model.ResourceTypes;
import io.higuma.model.Scope;
import io.higuma.model.core.CoreTypes;
import io.higuma.model.core.ServiceSpec;
import io.higuma.model.core.ServiceStatus;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// What a service is called (contract 3.7, `_hostnames`).
final class HostnameRoutes {

    private static final String SERVICES_ONLY =
            "only \"meshservices,meshexternalservices,meshmultizoneservices\" are available for inspection";

    private final ResourceTypes types;
    private final Reads reads;

    HostnameRoutes(ResourceTypes types, Reads reads) {
        this.types = types;
        this.reads = reads;
    }

    void addTo(Router.Builder routes) {
        for (ResourceType<?> type : types.all()) {
            if (type.scope() == Scope.MESH && !type.names().path().isEmpty()) {
                routes.get(
                        "/meshes/{mesh}/" + type.names().path() + "/{name}/_hostnames",
                        request -> hostnames(type, request));
            }
        }
    }

    private ApiResponse hostnames(ResourceType<?> type, ApiRequest request) {
        if (!ServiceSpec.class.isAssignableFrom(type.spec())) {
            throw ApiException.invalid(SERVICES_ONLY, List.of());
        }
        String mesh = request.variable("mesh");
        Resource service = Optional.of(mesh)
                .filter(name -> reads.find(CoreTypes.MESH.key("", name)).isPresent())
                .flatMap(name -> reads.find(type.key(name, request.variable("name"))))
                .orElseThrow(() -> ApiException.notFound("could not retrieve service"));
        List<String> names =
                service.status(ServiceStatus.class).map(ServiceStatus::addresses).orElse(List.of()).stream()
                        .map(ServiceStatus.Address::hostname)
                        .distinct()
                        .sorted()
                        .toList();
        ObjectNode answer = Shapes.JSON.objectNode().put("total", names.size());
        if (names.isEmpty()) {
            // the contract's way to say "none"
            answer.putNull("items");
            return ApiResponse.ok(answer);
        }
        ArrayNode items = answer.putArray("items");
        for (String name : names) {
            items.addObject()
                    .put("hostname", name)
                    .putArray("zones")
                    .addObject()
                    .put("name", service.labels().value(Labels.ZONE).orElse(service.name()));
        }
        return ApiResponse.ok(answer);
    }
}
