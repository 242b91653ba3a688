package io.higuma.controlplane.start;

import io.higuma.api.resources.MeshCreation;
import io.higuma.model.ComputedLabels;
import io.higuma.model.Labels;
import io.higuma.model.Resource;
import io.higuma.model.ResourceMeta;
import io.higuma.model.ResourceType;
import io.higuma.model.Spec;
import io.higuma.model.core.CoreTypes;
import io.higuma.model.core.MeshSpec;
import io.higuma.model.core.SecretSpec;
import io.higuma.model.target.ToTargetRef;
import io.higuma.model.target.TopTargetRef;
import io.higuma.policies.timeout.MeshTimeoutPolicy;
import io.higuma.policies.timeout.MeshTimeoutSpec;
import io.higuma.store.Change;
import io.higuma.store.Expectation;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What comes with a mesh (contract 5.1), in the commit that makes it: its signing key and its default policies. Made
/// once; who deletes one of them does not get it back.
public final class MeshDefaults implements MeshCreation {

    private static final String ALL = "*";

    private final SpareKeys keys;
    private final ComputedLabels site;
    private final ResourceType<MeshTimeoutSpec> timeouts = new MeshTimeoutPolicy().type();

    public MeshDefaults(SpareKeys keys, ComputedLabels site) {
        this.keys = keys;
        this.site = site;
    }

    @Override
    public List<Change> changes(Resource mesh) {
        List<Change> changes = new ArrayList<>();
        changes.add(put(new Resource(
                CoreTypes.SECRET,
                CoreTypes.SECRET.key(mesh.name(), "dataplane-token-signing-key-" + mesh.name() + "-1"),
                ResourceMeta.unstored(Labels.NONE),
                new SecretSpec(keys.take().pem()),
                Optional.empty())));
        List<String> skipped = mesh.spec(MeshSpec.class).skipCreatingInitialPolicies();
        if (!skipped.contains(ALL) && !skipped.contains(timeouts.name())) {
            changes.add(put(policy(timeouts, mesh.name(), "mesh-timeout-all-" + mesh.name(), served())));
            changes.add(put(policy(timeouts, mesh.name(), "mesh-timeout-to-all-" + mesh.name(), called())));
        }
        return changes;
    }

    private static Change put(Resource resource) {
        return new Change.Put(resource, Expectation.ANYTHING);
    }

    private <S extends Spec> Resource policy(ResourceType<S> type, String mesh, String name, S spec) {
        return new Resource(
                type,
                type.key(mesh, name),
                ResourceMeta.unstored(site.of(type, mesh, name, Labels.NONE)),
                spec,
                Optional.empty());
    }

    private static MeshTimeoutSpec served() {
        return new MeshTimeoutSpec(
                Optional.of(TopTargetRef.MESH),
                List.of(),
                List.of(new MeshTimeoutSpec.Rule(
                        Optional.empty(),
                        new MeshTimeoutSpec.Conf(
                                Optional.of(Duration.ofSeconds(10)),
                                Optional.of(Duration.ofHours(2)),
                                Optional.of(new MeshTimeoutSpec.Http(
                                        Optional.of(Duration.ZERO),
                                        Optional.of(Duration.ofHours(1)),
                                        Optional.of(Duration.ZERO),
                                        Optional.empty(),
                                        Optional.empty()))))));
    }

    private static MeshTimeoutSpec called() {
        return new MeshTimeoutSpec(
                Optional.of(TopTargetRef.MESH),
                List.of(new MeshTimeoutSpec.To(
                        new ToTargetRef(ToTargetRef.Kind.MESH, Map.of(), Optional.empty()),
                        new MeshTimeoutSpec.Conf(
                                Optional.of(Duration.ofSeconds(5)),
                                Optional.of(Duration.ofHours(1)),
                                Optional.of(new MeshTimeoutSpec.Http(
                                        Optional.of(Duration.ofSeconds(15)),
                                        Optional.of(Duration.ofMinutes(30)),
                                        Optional.empty(),
                                        Optional.empty(),
                                        Optional.empty()))))),
                List.of());
    }
}
