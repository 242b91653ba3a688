package io.higuma.identity.token;

import io.higuma.model.wire.Bytes;
import java.util.List;
import java.util.Optional;

/// Where keys and revocations are found: the secrets of a snapshot or a store.
public interface KeySource {

    /// The bytes of a secret.
    ///
    /// @param mesh empty for a GlobalSecret
    Optional<Bytes> secret(Optional<String> mesh, String name);

    /// The names of the secrets that begin with a prefix.
    List<String> names(Optional<String> mesh, String prefix);
}
