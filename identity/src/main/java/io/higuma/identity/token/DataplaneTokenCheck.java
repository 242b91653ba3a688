package io.higuma.identity.token;

import io.higuma.identity.MeshIdentities;
import io.higuma.model.Labels;
import io.higuma.model.Resource;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/// Whether a dataplane token is for a proxy: each claim counts only where it is set (contract 8.2).
public final class DataplaneTokenCheck {

    /// The only type of proxy there is; tokens of the second generation may be for zone proxies.
    private static final String TYPE = "dataplane";

    private DataplaneTokenCheck() {}

    /// Why a token does not let a proxy in as this Dataplane; empty if it does.
    ///
    /// @param identities the MeshIdentities of its mesh
    public static Optional<String> problem(
            Tokens tokens, String token, Resource dataplane, Collection<Resource> identities) {
        boolean workloadNeeded = MeshIdentities.select(identities, dataplane.labels())
                .filter(MeshIdentities::dependsOnWorkload)
                .isPresent();
        try {
            return problem(
                    tokens.dataplane(dataplane.mesh(), token),
                    dataplane.mesh(),
                    dataplane.name(),
                    dataplane.labels(),
                    workloadNeeded);
        } catch (TokenException e) {
            return Optional.of(String.valueOf(e.getMessage()));
        }
    }

    /// What is wrong; empty if nothing is.
    ///
    /// @param workloadNeeded whether the proxy's identity is made from its workload, so that the token must
    /// be bound to it
    public static Optional<String> problem(
            Claims.Dataplane claims, String mesh, String name, Labels labels, boolean workloadNeeded) {
        if (!claims.name().isEmpty() && !claims.name().equals(name)) {
            return Optional.of("proxy name from requestor: " + name + " is different than in token: " + claims.name());
        }
        if (!claims.mesh().isEmpty() && !claims.mesh().equals(mesh)) {
            return Optional.of("proxy mesh from requestor: " + mesh + " is different than in token: " + claims.mesh());
        }
        if (!claims.type().isEmpty() && !claims.type().equals(TYPE)) {
            return Optional.of("proxy type from requestor: " + TYPE + " is different than in token: " + claims.type());
        }
        for (Map.Entry<String, List<String>> tag : claims.tags().entrySet()) {
            Optional<String> value = labels.value(tag.getKey());
            if (value.isEmpty()) {
                return Optional.of("dataplane has no tag \"" + tag.getKey() + "\" required by the token");
            }
            if (!tag.getValue().contains(value.get())) {
                return Optional.of("dataplane contains tag \"" + tag.getKey() + "\" with value \"" + value.get()
                        + "\" which is not allowed with this token. Allowed values in token are ["
                        + tag.getValue().stream().map(v -> "\"" + v + "\"").collect(Collectors.joining(", ")) + "]");
            }
        }
        return workload(claims, labels.value(Labels.WORKLOAD), workloadNeeded);
    }

    private static Optional<String> workload(
            Claims.Dataplane claims, Optional<String> workload, boolean workloadNeeded) {
        if (claims.workload().isEmpty()) {
            return workloadNeeded && workload.isPresent()
                    ? Optional.of("dataplane with \"kuma.io/workload\" label \"" + workload.get()
                            + "\" derives its identity from the workload, so it requires a workload-bound token")
                    : Optional.empty();
        }
        if (workload.isEmpty()) {
            return Optional.of("dataplane has no workload label required by the token");
        }
        return workload.get().equals(claims.workload())
                ? Optional.empty()
                : Optional.of("dataplane workload \"" + workload.get()
                        + "\" is not allowed with this token. Allowed workload in token is \"" + claims.workload()
                        + "\"");
    }
}
