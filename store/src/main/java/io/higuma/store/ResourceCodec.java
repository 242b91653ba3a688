package io.higuma.store;

import io.higuma.model.Resource;
import io.higuma.model.ResourceKey;
import io.higuma.model.ResourceMeta;

/// How a store that writes bytes turns resources into them. Secrets leave as ciphertext: the codec that the control
/// plane hands in encrypts them.
public interface ResourceCodec {

    /// The spec and status as a JSON object `{"spec": …, "status": …}`.
    String encode(Resource resource);

    /// The resource that [#encode] was given. A spec that an older version wrote and this one no longer understands
    /// in full is read as far as it goes.
    ///
    /// @throws IllegalArgumentException if the type is not known or the text cannot be read
    Resource decode(ResourceKey key, ResourceMeta meta, String text);
}
