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
import io.higuma.model.ResourceTypes;
import io.higuma.model.Scope;
import io.higuma.model.core.CoreTypes;
import io.higuma.model.core.DataplaneInsightSpec;
import io.higuma.model.core.DataplaneSpec;
import io.higuma.model.core.MeshServiceSpec;
import io.higuma.schema.ResourceWriter;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// Counts over everything (contract 3.6): of each mesh, of all of them, and the lists of the first generation. Computed
/// when they are asked for, so they are never late.
public final class InsightRoutes {

    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;
    private static final String UNKNOWN = "unknown";
    private static final Set<String> SERVICE_TYPES =
            Set.of("internal", "external", "gateway_delegated", "gateway_builtin");
    private static final Set<ResourceType<?>> UNCOUNTED = Set.of(CoreTypes.DATAPLANE_INSIGHT, CoreTypes.CONFIG);

    private final ResourceTypes types;
    private final Reads reads;
    private final Observations observations;
    private final InstantSource clock;

    public InsightRoutes(ResourceTypes types, Reads reads, Observations observations, InstantSource clock) {
        this.types = types;
        this.reads = reads;
        this.observations = observations;
        this.clock = clock;
    }

    public void addTo(Router.Builder routes) {
        Handler refused = request -> {
            throw ResourceRoutes.refusedWrite();
        };
        routes.get("/mesh-insights", this::meshes);
        routes.get("/mesh-insights/{name}", this::mesh);
        routes.get("/zone-insights", this::none);
        routes.get("/zone-insights/{name}", InsightRoutes::unknown);
        routes.get("/global-insight", request -> ApiResponse.ok(global()));
        routes.get("/global-insights", request -> ApiResponse.ok(globals()));
        // The second generation listed services there; their place is MeshService now.
        routes.get("/service-insights", this::services);
        routes.get("/meshes/{mesh}/service-insights", this::services);
        routes.get("/meshes/{mesh}/service-insights/{name}", InsightRoutes::unknown);
        for (String path :
                List.of("/mesh-insights/{name}", "/zone-insights/{name}", "/meshes/{mesh}/service-insights/{name}")) {
            routes.put(path, refused).delete(path, refused);
        }
    }

    private static ApiResponse unknown(ApiRequest request) {
        throw ApiException.notFound("Could not retrieve a resource");
    }

    private ApiResponse none(ApiRequest request) {
        return ApiResponse.ok(Paging.of(request.query()).answer(request, List.<ObjectNode>of(), item -> item));
    }

    private ApiResponse services(ApiRequest request) {
        reads.requireMesh(Optional.ofNullable(request.variables().get("mesh")));
        for (String type : request.query().value("type").orElse("internal").split(",", -1)) {
            if (!SERVICE_TYPES.contains(type)) {
                throw ApiException.badRequest("bad request: unsupported service type");
            }
        }
        return none(request);
    }

    private ApiResponse meshes(ApiRequest request) {
        List<Resource> meshes = reads.list(CoreTypes.MESH, Optional.empty(), request);
        return ApiResponse.ok(Paging.of(request.query()).answer(request, meshes, this::insight));
    }

    private ApiResponse mesh(ApiRequest request) {
        return ApiResponse.ok(insight(reads.item(CoreTypes.MESH.key("", request.variable("name")))));
    }

    /// How many there are, and how many of them are connected.
    private static final class Stat {
        private int total;
        private int online;
        private int degraded;

        /// @param partly connected, but nothing it serves is ready
        void count(boolean connected, boolean partly) {
            total++;
            if (partly) {
                degraded++;
            } else if (connected) {
                online++;
            }
        }

        /// Zero values are left out, as in protobuf's JSON.
        ObjectNode sparse() {
            ObjectNode node = JSON.objectNode();
            put(node, "total", total);
            put(node, "online", online);
            put(node, "offline", total - online - degraded);
            put(node, "partiallyDegraded", degraded);
            return node;
        }

        ObjectNode full() {
            return JSON.objectNode()
                    .put("online", online)
                    .put("offline", total - online - degraded)
                    .put("partiallyDegraded", degraded)
                    .put("total", total);
        }

        private static void put(ObjectNode node, String field, int value) {
            if (value != 0) {
                node.put(field, value);
            }
        }
    }

    /// Counts of Dataplanes by what they are and what they run.
    private static final class Counts {
        private final Stat all = new Stat();
        private final Stat standard = new Stat();
        private final Stat gateway = new Stat();
        private final SortedMap<String, Stat> launchers = new TreeMap<>();
        private final SortedMap<String, Stat> envoys = new TreeMap<>();
        private final SortedMap<String, Stat> issued = new TreeMap<>();
        private final SortedMap<String, Stat> supported = new TreeMap<>();

        void count(Resource dataplane, Optional<DataplaneInsightSpec> insight) {
            DataplaneSpec.Networking networking =
                    dataplane.spec(DataplaneSpec.class).networking();
            boolean connected = insight.filter(DataplaneInsightSpec::online).isPresent();
            boolean partly = connected
                    && !networking.inbound().isEmpty()
                    && networking.inbound().stream()
                            .noneMatch(in -> in.stateOrReady() == DataplaneSpec.InboundState.READY);
            all.count(connected, partly);
            (networking.gateway().isPresent() ? gateway : standard).count(connected, partly);
            Optional<DataplaneInsightSpec.Version> version = insight.flatMap(found -> found.subscriptions().stream()
                    .reduce((older, newer) -> newer)
                    .flatMap(DataplaneInsightSpec.Subscription::version));
            stat(
                            launchers,
                            version.flatMap(DataplaneInsightSpec.Version::kumaDp)
                                    .flatMap(DataplaneInsightSpec.KumaDp::version))
                    .count(connected, partly);
            stat(
                            envoys,
                            version.flatMap(DataplaneInsightSpec.Version::envoy)
                                    .flatMap(DataplaneInsightSpec.Envoy::version))
                    .count(connected, partly);
            insight.flatMap(DataplaneInsightSpec::mTLS).ifPresent(mtls -> {
                mtls.issuedBackend()
                        .ifPresent(name -> stat(issued, Optional.of(name)).count(connected, partly));
                mtls.supportedBackends()
                        .forEach(name -> stat(supported, Optional.of(name)).count(connected, partly));
            });
        }

        private static Stat stat(SortedMap<String, Stat> stats, Optional<String> name) {
            return stats.computeIfAbsent(name.filter(text -> !text.isEmpty()).orElse(UNKNOWN), key -> new Stat());
        }
    }

    private Counts counts(List<Resource> dataplanes) {
        Counts counts = new Counts();
        dataplanes.forEach(dataplane -> counts.count(dataplane, observations.insight(dataplane.key())));
        return counts;
    }

    private ObjectNode insight(Resource mesh) {
        List<Resource> dataplanes = reads.all(CoreTypes.DATAPLANE, Optional.of(mesh.name()));
        Counts counts = counts(dataplanes);
        ObjectNode node = JSON.objectNode();
        node.put("type", "MeshInsight").put("name", mesh.name());
        node.put("creationTime", ResourceWriter.time(mesh.meta().created()));
        node.put("modificationTime", ResourceWriter.time(clock.instant()));
        if (counts.all.total > 0) {
            node.set("dataplanes", counts.all.sparse());
        }
        ObjectNode byType = node.putObject("dataplanesByType");
        byType.set("standard", counts.standard.sparse());
        byType.set("gateway", counts.gateway.sparse());
        byType.set("gatewayDelegated", counts.gateway.sparse());
        ObjectNode versions = node.putObject("dpVersions");
        put(versions, "kumaDp", counts.launchers);
        put(versions, "envoy", counts.envoys);
        ObjectNode mtls = node.putObject("mTLS");
        put(mtls, "issuedBackends", counts.issued);
        put(mtls, "supportedBackends", counts.supported);
        ObjectNode resources = totals(Scope.MESH, Optional.of(mesh.name()));
        if (!resources.isEmpty()) {
            node.set("resources", resources);
        }
        return node;
    }

    private static void put(ObjectNode node, String field, Map<String, Stat> stats) {
        if (!stats.isEmpty()) {
            ObjectNode entries = node.putObject(field);
            stats.forEach((name, stat) -> entries.set(name, stat.sparse()));
        }
    }

    /// `{Type: {total}}` of the types of a scope.
    ///
    /// @param mesh empty for all meshes; types without any are then counted too
    private ObjectNode totals(Scope scope, Optional<String> mesh) {
        ObjectNode resources = JSON.objectNode();
        for (ResourceType<?> type : types.all()) {
            if (type.scope() == scope && !UNCOUNTED.contains(type)) {
                int total = reads.all(type, mesh).size();
                if (total > 0 || mesh.isEmpty()) {
                    resources.putObject(type.name()).put("total", total);
                }
            }
        }
        return resources;
    }

    private ObjectNode globals() {
        ObjectNode node = JSON.objectNode();
        node.put("type", "GlobalInsights").put("creationTime", ResourceWriter.time(clock.instant()));
        node.set("resources", totals(Scope.GLOBAL, Optional.empty()));
        return node;
    }

    private ObjectNode global() {
        Counts counts = counts(reads.all(CoreTypes.DATAPLANE, Optional.empty()));
        ObjectNode node = JSON.objectNode();
        node.put("createdAt", ResourceWriter.time(clock.instant()));
        Stat services = new Stat();
        reads.all(CoreTypes.MESH_SERVICE, Optional.empty())
                .forEach(service -> services.count(available(service), false));
        ObjectNode service = node.putObject("services");
        service.set("internal", services.full());
        service.putObject("external").put("total", 0);
        service.set("gatewayDelegated", counts.gateway.full());
        ObjectNode zones = node.putObject("zones");
        for (String part : List.of("controlPlanes", "zoneEgresses", "zoneIngresses")) {
            zones.putObject(part).put("online", 0).put("total", 0);
        }
        ObjectNode dataplanes = node.putObject("dataplanes");
        dataplanes.set("standard", counts.standard.full());
        dataplanes.set("gatewayDelegated", counts.gateway.full());
        int policies = 0;
        for (ResourceType<?> type : types.all()) {
            policies += type.policy().isPresent()
                    ? reads.all(type, Optional.empty()).size()
                    : 0;
        }
        node.putObject("policies").put("total", policies);
        node.putObject("meshes")
                .put("total", reads.all(CoreTypes.MESH, Optional.empty()).size());
        ObjectNode resources = totals(Scope.GLOBAL, Optional.empty());
        resources.setAll(totals(Scope.MESH, Optional.empty()));
        node.set("resources", resources);
        return node;
    }

    private static boolean available(Resource service) {
        return service.spec(MeshServiceSpec.class).state() == MeshServiceSpec.State.AVAILABLE;
    }
}
