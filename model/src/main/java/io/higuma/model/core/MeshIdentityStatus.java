package io.higuma.model.core;

import io.higuma.model.Status;
import java.util.List;

/// Whether an identity can be given, and if not, why (contract 9.1).
public record MeshIdentityStatus(List<Condition> conditions) implements Status {

    public MeshIdentityStatus {
        conditions = List.copyOf(conditions);
    }
}
