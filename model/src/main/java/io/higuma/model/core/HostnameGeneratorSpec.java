package io.higuma.model.core;

import io.higuma.model.Spec;
import io.higuma.model.annotation.Doc;
import io.higuma.model.annotation.Required;
import java.util.List;
import java.util.Optional;

/// Gives the services it selects a host name each (contract 1.6).
@Doc("Gives the services it selects a host name each.")
public record HostnameGeneratorSpec(
        @Doc("Which services get a name: exactly one kind.") Optional<Selector> selector,

        @Required
        @Doc("The name, with {{ .DisplayName }}, {{ .Namespace }}, {{ .Zone }}, {{ .Mesh }} and {{ label \"key\" }}.")
        String template,

        @Doc("Configuration of a plug-in that serves the name.")
        Optional<Extension> extension)
        implements Spec {

    /// What may stand after the dot in a template.
    public static final List<String> VARIABLES = List.of("Name", "DisplayName", "Namespace", "Mesh", "Zone");

    public record Selector(
            @Doc("MeshServices by their labels.") Optional<LabelSelector> meshService,
            @Doc("MeshExternalServices by their labels.") Optional<LabelSelector> meshExternalService,
            @Doc("MeshMultiZoneServices by their labels.") Optional<LabelSelector> meshMultiZoneService) {

        /// How many kinds are selected.
        public int kinds() {
            return (int) java.util.stream.Stream.of(meshService, meshExternalService, meshMultiZoneService)
                    .filter(Optional::isPresent)
                    .count();
        }

        /// The labels that services of a kind must have; empty if the kind is not selected.
        public Optional<LabelSelector> of(ServiceSpec service) {
            return switch (service) {
                case MeshServiceSpec s -> meshService;
                case MeshExternalServiceSpec s -> meshExternalService;
                case MeshMultiZoneServiceSpec s -> meshMultiZoneService;
            };
        }
    }

    public record Extension(
            @Required @Doc("Which plug-in.") String type,
            @Doc("What the plug-in is told.") Optional<AnyJson> config) {}
}
