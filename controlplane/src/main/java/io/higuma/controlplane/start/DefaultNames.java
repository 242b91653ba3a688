package io.higuma.controlplane.start;

import io.higuma.model.Labels;
import io.higuma.model.Resource;
import io.higuma.model.ResourceMeta;
import io.higuma.model.core.CoreTypes;
import io.higuma.model.core.HostnameGeneratorSpec;
import io.higuma.model.core.HostnameGeneratorSpec.Selector;
import io.higuma.model.core.LabelSelector;
import io.higuma.store.Change;
import io.higuma.store.Expectation;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The HostnameGenerators of a zone (contract 5.2), and ours for services of several zones, which in the contract only
/// a global control plane names. Made once; who deletes one does not get it back.
final class DefaultNames {

    private static final Optional<LabelSelector> LOCAL = Optional.of(new LabelSelector(Map.of(Labels.ORIGIN, "zone")));

    private DefaultNames() {}

    static List<Change> changes() {
        return List.of(
                generator(
                        "local-universal-mesh-service",
                        "{{ .DisplayName }}.svc.mesh.local",
                        new Selector(LOCAL, Optional.empty(), Optional.empty())),
                generator(
                        "local-mesh-external-service",
                        "{{ .DisplayName }}.extsvc.mesh.local",
                        new Selector(Optional.empty(), LOCAL, Optional.empty())),
                generator(
                        "local-mesh-multi-zone-service",
                        "{{ .DisplayName }}.mzsvc.mesh.local",
                        new Selector(Optional.empty(), Optional.empty(), LOCAL)));
    }

    private static Change generator(String name, String template, Selector selector) {
        return new Change.Put(
                new Resource(
                        CoreTypes.HOSTNAME_GENERATOR,
                        CoreTypes.HOSTNAME_GENERATOR.key("", name),
                        ResourceMeta.unstored(Labels.of(Map.of(Labels.ORIGIN, "zone"))),
                        new HostnameGeneratorSpec(Optional.of(selector), template, Optional.empty()),
                        Optional.empty()),
                Expectation.ABSENT);
    }
}
