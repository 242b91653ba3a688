package io.higuma.store.sql;

import io.higuma.model.Resource;
import io.higuma.model.ResourceKey;
import io.higuma.model.ResourceMeta;
import io.higuma.model.ResourceTypes;
import io.higuma.model.core.CoreTypes;
import io.higuma.schema.BodyCodec;
import io.higuma.store.ResourceCodec;

/// The codec of the control plane, without encryption.
final class ConfigCodec implements ResourceCodec {

    private final BodyCodec codec = new BodyCodec(ResourceTypes.of(CoreTypes.all()));

    @Override
    public String encode(Resource resource) {
        return codec.encode(resource);
    }

    @Override
    public Resource decode(ResourceKey key, ResourceMeta meta, String text) {
        return codec.decode(key, meta, text);
    }
}
