package io.higuma.api.info;

import io.higuma.api.http.ApiRequest;
import io.higuma.api.http.ApiResponse;
import io.higuma.api.http.Router;
import io.higuma.api.resources.Paging;
import io.higuma.engine.Trouble;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// `GET /_problems`: why some proxies do not run what they should, one entry per reason; `?origin=` of one policy (its
/// KRI) or resource.
public final class TroubleRoutes {

    private final Observations observations;

    public TroubleRoutes(Observations observations) {
        this.observations = observations;
    }

    public void addTo(Router.Builder routes) {
        routes.get("/_problems", this::problems);
    }

    private ApiResponse problems(ApiRequest request) {
        Optional<String> origin = request.query().value("origin");
        List<Trouble> found = observations.troubles().stream()
                .filter(trouble -> origin.isEmpty()
                        || trouble.origin().equals(origin.get())
                        || trouble.policies().contains(origin.get()))
                .toList();
        return ApiResponse.ok(Paging.of(request.query()).answer(request, found, TroubleRoutes::write));
    }

    private static ObjectNode write(Trouble trouble) {
        ObjectNode item = JsonNodeFactory.instance.objectNode();
        item.put("message", trouble.message()).put("by", trouble.byEnvoy() ? "envoy" : "compiler");
        if (!trouble.origin().isEmpty()) {
            item.put("origin", trouble.origin());
        }
        ArrayNode policies = item.putArray("policies");
        trouble.policies().forEach(policies::add);
        item.put("count", trouble.count());
        ArrayNode proxies = item.putArray("proxies");
        trouble.proxies().forEach(proxies::add);
        return item;
    }
}
