package io.higuma.model.core;

import io.higuma.model.Status;
import java.util.Optional;

/// Who made a trust bundle (contract 1.6).
public record MeshTrustStatus(Optional<Origin> origin) implements Status {

    /// @param kri the MeshIdentity that made it
    public record Origin(Optional<String> kri) {}
}
