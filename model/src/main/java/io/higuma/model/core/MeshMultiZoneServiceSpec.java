package io.higuma.model.core;

import io.higuma.model.annotation.Default;
import io.higuma.model.annotation.Doc;
import io.higuma.model.annotation.Range;
import io.higuma.model.annotation.Required;
import java.util.List;
import java.util.Optional;

/// One service made of the MeshServices it selects, in this zone and others (contract 1.6).
@Doc("One service made of the MeshServices it selects, in this zone and others.")
public record MeshMultiZoneServiceSpec(
        @Required @Doc("Which MeshServices it is made of.") Selector selector,

        @Required @Range(min = 1) @Doc("Ports of the service.")
        List<Port> ports)
        implements ServiceSpec {

    public MeshMultiZoneServiceSpec {
        ports = List.copyOf(ports);
    }

    @Override
    public List<ServicePort> callable() {
        return ports.stream()
                .map(port -> new ServicePort(port.section(), port.port(), port.appProtocol()))
                .toList();
    }

    public record Selector(
            @Required @Doc("Labels of the MeshServices.") LabelSelector meshService) {}

    public record Port(
            @Doc("Name of the port; ports of the MeshServices are found by it.")
            Optional<String> name,

            @Required @Doc("Port under which the service is called.")
            int port,

            @Doc("What the service speaks.") @Default("tcp") Protocol appProtocol) {

        /// The section name: `name`, else the port as text.
        public String section() {
            return name.filter(n -> !n.isEmpty()).orElseGet(() -> Integer.toString(port));
        }
    }
}
