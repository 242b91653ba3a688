package io.higuma.api.token;

import io.higuma.identity.token.KeySource;
import io.higuma.model.Resource;
import io.higuma.model.ResourceType;
import io.higuma.model.core.CoreTypes;
import io.higuma.model.core.SecretSpec;
import io.higuma.model.wire.Bytes;
import io.higuma.store.ResourceStore;
import java.util.List;
import java.util.Optional;

/// Signing keys and revocations as the store has them now.
public final class StoredKeys implements KeySource {

    private final ResourceStore store;

    public StoredKeys(ResourceStore store) {
        this.store = store;
    }

    @Override
    public Optional<Bytes> secret(Optional<String> mesh, String name) {
        return store.get(type(mesh).key(mesh.orElse(""), name))
                .map(r -> r.spec(SecretSpec.class).data());
    }

    @Override
    public List<String> names(Optional<String> mesh, String prefix) {
        return store.list(type(mesh).name()).stream()
                .filter(r -> r.mesh().equals(mesh.orElse("")) && r.name().startsWith(prefix))
                .map(Resource::name)
                .toList();
    }

    private static ResourceType<SecretSpec> type(Optional<String> mesh) {
        return mesh.isPresent() ? CoreTypes.SECRET : CoreTypes.GLOBAL_SECRET;
    }
}
