package io.higuma.api.resources;

import io.higuma.api.auth.Access;
import io.higuma.api.auth.Access.Right;
import io.higuma.api.auth.Principal;
import io.higuma.api.http.ApiException;
import io.higuma.api.http.ApiRequest;
import io.higuma.model.Resource;
import io.higuma.model.ResourceKey;
import io.higuma.model.ResourceType;
import io.higuma.model.core.CoreTypes;
import io.higuma.store.ResourceStore;
import java.util.List;
import java.util.Optional;

/// Reads of resources, with the answers for what is not there and the rule that secrets are for administrators.
public final class Reads {

    private final ResourceStore store;
    private final Access access;

    public Reads(ResourceStore store, Access access) {
        this.store = store;
        this.access = access;
    }

    static boolean secret(ResourceType<?> type) {
        return type.equals(CoreTypes.SECRET) || type.equals(CoreTypes.GLOBAL_SECRET);
    }

    /// @throws ApiException 403 if the type is one of secrets and the principal no administrator
    void authorise(ResourceType<?> type, Principal principal) {
        if (secret(type)) {
            access.require(Right.ADMIN_RESOURCES, principal, "the resource of type \"" + type.name() + "\"");
        }
    }

    /// @throws ApiException 404 if the mesh is not there
    public void requireMesh(Optional<String> mesh) {
        if (mesh.isPresent() && store.get(CoreTypes.MESH.key("", mesh.get())).isEmpty()) {
            throw ApiException.notFound("Failed to retrieve Mesh");
        }
    }

    public Optional<Resource> find(ResourceKey key) {
        return store.get(key);
    }

    /// @throws ApiException 404 if it is not there
    public Resource item(ResourceKey key) {
        return store.get(key).orElseThrow(() -> ApiException.notFound("Could not retrieve a resource"));
    }

    /// The resources of a type that a request asks for.
    ///
    /// @param mesh empty for those of every mesh
    public List<Resource> list(ResourceType<?> type, Optional<String> mesh, ApiRequest request) {
        Filters filters = Filters.of(request, type.equals(CoreTypes.DATAPLANE));
        return all(type, mesh).stream().filter(filters::matches).toList();
    }

    /// All resources of a type.
    ///
    /// @param mesh empty for those of every mesh
    public List<Resource> all(ResourceType<?> type, Optional<String> mesh) {
        List<Resource> found = store.list(type.name());
        return mesh.isEmpty()
                ? found
                : found.stream().filter(r -> r.mesh().equals(mesh.get())).toList();
    }
}
