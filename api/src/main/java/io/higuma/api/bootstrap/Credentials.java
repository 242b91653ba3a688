package io.higuma.api.bootstrap;

import io.higuma.identity.token.DataplaneTokenCheck;
import io.higuma.identity.token.Tokens;
import io.higuma.model.ComputedLabels;
import io.higuma.model.Resource;
import io.higuma.model.ResourceMeta;
import io.higuma.model.core.CoreTypes;
import io.higuma.store.ResourceStore;
import java.util.List;
import java.util.Optional;

/// Looks at a launcher's token before there is an Envoy, so that the person reads a sentence and the launcher ends.
/// It opens nothing: every stream is asked again when it comes.
///
/// @param site whose labels a Dataplane will get when it is stored
public record Credentials(ResourceStore store, Tokens tokens, ComputedLabels site) {

    /// Why the token is not for this Dataplane; empty if it is.
    Optional<String> problem(Resource dataplane, String token) {
        Resource labelled = dataplane.withMeta(ResourceMeta.unstored(
                site.of(CoreTypes.DATAPLANE, dataplane.mesh(), dataplane.name(), dataplane.labels())));
        List<Resource> identities = store.list(CoreTypes.MESH_IDENTITY.name()).stream()
                .filter(identity -> identity.mesh().equals(dataplane.mesh()))
                .toList();
        return DataplaneTokenCheck.problem(tokens, token, labelled, identities);
    }
}
