package io.higuma.model.core;

import io.higuma.model.annotation.Default;
import io.higuma.model.annotation.Doc;
import io.higuma.model.annotation.EmptyWritten;
import io.higuma.model.annotation.JsonName;
import io.higuma.model.annotation.Required;
import java.util.List;
import java.util.Optional;

/// A service: the dataplanes it selects, and the ports under which they are called (contract 1.6).
@Doc("The dataplanes a service selects and the ports under which they are called.")
public record MeshServiceSpec(
        @EmptyWritten @Doc("Which dataplanes stand behind the service.")
        Optional<Selector> selector,

        @Doc("Ports of the service.") List<Port> ports,

        @Doc("Identities of the dataplanes behind the service.")
        List<Identity> identities,

        @Doc("Whether any dataplane behind the service is healthy.") @Default("Unavailable")
        State state)
        implements ServiceSpec {

    public MeshServiceSpec {
        selector = selector.filter(
                s -> s.dataplaneRef().isPresent() || s.dataplaneLabels().isPresent());
        ports = List.copyOf(ports);
        identities = List.copyOf(identities);
    }

    @Override
    public List<ServicePort> callable() {
        return ports.stream()
                .map(port -> new ServicePort(port.section(), port.port(), port.appProtocol()))
                .toList();
    }

    public record Selector(
            @Doc("One dataplane by its name.") Optional<DataplaneRef> dataplaneRef,
            @Doc("Dataplanes by their labels.") Optional<LabelSelector> dataplaneLabels) {}

    public record DataplaneRef(
            @Doc("Name of the dataplane.") Optional<String> name) {}

    /// @param targetPort number or name of the inbound; `port` when absent
    public record Port(
            @Doc("Name of the port, for `sectionName`.") Optional<String> name,

            @Required @Doc("Port under which the service is called.")
            int port,

            @Doc("Port or name of the inbound; `port` when absent.")
            Optional<IntOrString> targetPort,

            @Doc("What the service speaks.") @Default("tcp") Protocol appProtocol) {

        /// The section name: `name`, else the port as text.
        public String section() {
            return name.filter(n -> !n.isEmpty()).orElseGet(() -> Integer.toString(port));
        }
    }

    public record Identity(
            @Required @Doc("SpiffeID, the only kind.") IdentityType type,
            @Required @Doc("The SPIFFE id.") String value) {}

    public enum IdentityType {
        @JsonName("SpiffeID")
        SPIFFE_ID
    }

    public enum State {
        @JsonName("Available")
        AVAILABLE,
        @JsonName("Unavailable")
        UNAVAILABLE
    }
}
