package io.higuma.api.info;

import io.higuma.api.auth.Access;
import io.higuma.api.auth.Access.Right;
import io.higuma.api.http.ApiRequest;
import io.higuma.api.http.ApiResponse;
import io.higuma.api.http.Router;
import io.higuma.engine.measure.Load;
import io.higuma.engine.measure.Measures;
import io.higuma.engine.measure.PushReason;
import io.higuma.engine.measure.Spread;
import io.higuma.model.wire.TypeUrl;
import java.util.Locale;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// `GET /_status`: the numbers of the metrics as one document, for `higuma inspect cp`.
public final class StatusRoutes {

    private static final double P50 = 0.5;
    private static final double P99 = 0.99;

    private final Observations observations;
    private final Access access;

    public StatusRoutes(Observations observations, Access access) {
        this.observations = observations;
        this.access = access;
    }

    public void addTo(Router.Builder routes) {
        routes.get("/_status", this::status);
    }

    private ApiResponse status(ApiRequest request) {
        access.require(Right.CONTROL_PLANE_METADATA, request.principal(), "control-plane metadata");
        Load load = observations.load();
        Measures measures = observations.measures();
        ObjectNode body = JsonNodeFactory.instance.objectNode();
        body.put("streams", load.streams()).put("revision", load.work().revision());
        body.put("queued", load.queued()).put("waiting", load.waiting());
        body.put("compilations", load.work().compilations())
                .put("faults", load.work().faults());
        body.putObject("lag")
                .put("median", load.lag().median())
                .put("p99", load.lag().p99())
                .put("max", load.lag().max())
                .put("behind", load.lag().behind());
        body.putObject("sharing")
                .put("distinct", load.sharing().distinct())
                .put("held", load.sharing().held())
                .put("ratio", load.sharing().ratio());
        ObjectNode durations = body.putObject("durations");
        durations.set("propagation", spread(measures.propagation()));
        durations.set("settle", spread(measures.settle()));
        durations.set("compile", spread(measures.compile()));
        durations.set("storeWrite", spread(observations.storeWrites()));
        ObjectNode types = body.putObject("types");
        for (TypeUrl type : TypeUrl.values()) {
            ObjectNode counts = types.putObject(type.name().toLowerCase(Locale.ROOT));
            for (PushReason reason : PushReason.values()) {
                counts.put(reason.label(), measures.pushes(reason, type));
            }
            counts.put("bytes", measures.bytes(type)).put("refused", measures.refusals(type));
        }
        return ApiResponse.ok(body);
    }

    private static ObjectNode spread(Spread spread) {
        Spread.Picture picture = spread.picture();
        return JsonNodeFactory.instance
                .objectNode()
                .put("count", picture.count())
                .put("mean", picture.mean())
                .put("p50", picture.quantile(P50))
                .put("p99", picture.quantile(P99));
    }
}
