package io.higuma.api.resources;

import io.higuma.model.Resource;
import io.higuma.store.Change;
import java.util.List;

/// What is made together with a mesh: its signing key and its default policies (contract 5.1).
@FunctionalInterface
public interface MeshCreation {

    List<Change> changes(Resource mesh);
}
