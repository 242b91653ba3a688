package io.higuma.api.resources;

import io.higuma.api.http.ApiException;
import io.higuma.api.http.ApiRequest;
import io.higuma.api.http.ApiResponse;
import io.higuma.api.http.Handler;
import io.higuma.api.http.Router;
import io.higuma.model.Kri;
import io.higuma.model.Resource;
import io.higuma.model.ResourceKey;
import io.higuma.model.ResourceType;
import io.higuma.model.ResourceTypes;
import io.higuma.model.Scope;
import io.higuma.model.core.CoreTypes;
import io.higuma.schema.ResourceWriter;
import java.util.Optional;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// The routes that every type of resource has (contract 3.4).
public final class ResourceRoutes {

    /// The header that names the revision of a write: its receipt is at `/revisions/{revision}`.
    public static final String REVISION_HEADER = "higuma-revision";

    private static final String READ_ONLY =
            "On zone control plane you can only modify zone resources with 'kumactl apply' or via the HTTP API. You can"
                    + " still use 'kumactl' or the HTTP API to modify the rest of the resource on the global control"
                    + " plane.\n";

    private final ResourceTypes types;
    private final Reads reads;
    private final ResourceWrites writes;
    private final boolean readOnly;

    /// @param readOnly whether every write is refused
    public ResourceRoutes(ResourceTypes types, Reads reads, ResourceWrites writes, boolean readOnly) {
        this.types = types;
        this.reads = reads;
        this.writes = writes;
        this.readOnly = readOnly;
    }

    public void addTo(Router.Builder routes) {
        for (ResourceType<?> type : types.all()) {
            String path = type.names().path();
            // What streams report lives elsewhere, see the insight routes.
            if (path.isEmpty() || type.equals(CoreTypes.DATAPLANE_INSIGHT)) {
                continue;
            }
            String list = type.scope() == Scope.MESH ? "/meshes/{mesh}/" + path : "/" + path;
            routes.get(list, request -> list(type, request));
            if (type.scope() == Scope.MESH) {
                routes.get("/" + path, request -> list(type, request));
            }
            item(routes, list + "/{name}", type);
        }
        // The older name of the path; documents and clients use both.
        routes.get("/global-secrets", request -> list(CoreTypes.GLOBAL_SECRET, request));
        item(routes, "/global-secrets/{name}", CoreTypes.GLOBAL_SECRET);
        routes.get("/_kri/{kri}", this::byKri);
    }

    private void item(Router.Builder routes, String path, ResourceType<?> type) {
        routes.get(path, request -> get(type, request));
        Handler refused = request -> {
            throw refusedWrite();
        };
        boolean writable = type.writable() && !readOnly;
        routes.put(path, writable ? request -> put(type, request) : refused);
        routes.delete(path, writable ? request -> delete(type, request) : refused);
    }

    /// The answer to a write where nothing may be written.
    public static ApiException refusedWrite() {
        return ApiException.of(405, "Method not allowed", READ_ONLY);
    }

    private static Optional<String> mesh(ApiRequest request) {
        return Optional.ofNullable(request.variables().get("mesh"));
    }

    private static ResourceKey key(ResourceType<?> type, ApiRequest request) {
        return type.key(mesh(request).orElse(""), request.variable("name"));
    }

    private ApiResponse list(ResourceType<?> type, ApiRequest request) {
        reads.requireMesh(mesh(request));
        reads.authorise(type, request.principal());
        Paging paging = Paging.of(request.query());
        return ApiResponse.ok(paging.answer(request, reads.list(type, mesh(request), request), ResourceWriter::write));
    }

    private ApiResponse get(ResourceType<?> type, ApiRequest request) {
        reads.requireMesh(mesh(request));
        reads.authorise(type, request.principal());
        return ApiResponse.ok(Formats.write(reads.item(key(type, request)), request.query()));
    }

    private ApiResponse put(ResourceType<?> type, ApiRequest request) {
        reads.requireMesh(mesh(request));
        ResourceWrites.Written written =
                writes.put(type, key(type, request), request.body(), checked(request), request.principal());
        ObjectNode body = JsonNodeFactory.instance.objectNode();
        if (!written.warnings().isEmpty()) {
            ArrayNode warnings = body.putArray("warnings");
            written.warnings().forEach(warnings::add);
        }
        return ApiResponse.json(written.created() ? 201 : 200, body)
                .withHeader(REVISION_HEADER, Long.toString(written.revision()));
    }

    private ApiResponse delete(ResourceType<?> type, ApiRequest request) {
        reads.requireMesh(mesh(request));
        long revision = writes.delete(type, key(type, request), checked(request), request.principal());
        return ApiResponse.done(200).withHeader(REVISION_HEADER, Long.toString(revision));
    }

    private static boolean checked(ApiRequest request) {
        return request.query().flag("validateWithEnvoy");
    }

    private ApiResponse byKri(ApiRequest request) {
        Kri kri;
        try {
            kri = Kri.parse(request.variable("kri"));
        } catch (IllegalArgumentException e) {
            throw ApiException.of(400, "Could not parse KRI", "bad request: " + e.getMessage());
        }
        Optional<ResourceType<?>> type = types.all().stream()
                .filter(t -> !t.names().shortName().isEmpty()
                        && t.names().shortName().equals(kri.shortName()))
                .findFirst();
        if (type.isEmpty()) {
            throw ApiException.of(
                    400,
                    "Could not parse KRI",
                    "bad request: unknown short name of resource type: \"" + kri.shortName() + "\"");
        }
        reads.authorise(type.get(), request.principal());
        Resource found = reads.all(type.get(), Optional.empty()).stream()
                .filter(r -> Kri.of(r).withSection("").equals(kri.withSection("")))
                .findFirst()
                .orElseThrow(() -> ApiException.notFound("Could not retrieve a resource"));
        return ApiResponse.ok(Formats.write(found, request.query()));
    }
}
