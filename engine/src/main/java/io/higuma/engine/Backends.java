package io.higuma.engine;

import io.higuma.model.Kri;
import io.higuma.model.Resource;
import io.higuma.model.core.CoreTypes;
import io.higuma.model.core.MeshExternalServiceSpec;
import io.higuma.model.core.MeshMultiZoneServiceSpec;
import io.higuma.model.core.MeshServiceSpec;
import io.higuma.model.core.ServiceSpec;
import io.higuma.model.snapshot.MeshImage;
import io.higuma.model.snapshot.ServiceRef;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Which MeshServices stand behind what is called. Pure.
final class Backends {

    private Backends() {}

    /// One port of a MeshService.
    record Backend(Resource service, MeshServiceSpec.Port port) {}

    static ServiceRef selected(MeshMultiZoneServiceSpec spec) {
        return new ServiceRef(
                CoreTypes.MESH_SERVICE.name(),
                Optional.empty(),
                spec.selector().meshService().matchLabels());
    }

    /// Behind one port of a service of several zones: the ports of the same name, or of the same number where the
    /// service gives no name.
    static List<Backend> of(MeshImage mesh, MeshMultiZoneServiceSpec spec, MeshMultiZoneServiceSpec.Port port) {
        List<Backend> found = new ArrayList<>();
        for (Resource service : mesh.services(selected(spec))) {
            for (MeshServiceSpec.Port each : service.spec(MeshServiceSpec.class).ports()) {
                if (port.name().isPresent() ? each.section().equals(port.section()) : each.port() == port.port()) {
                    found.add(new Backend(service, each));
                }
            }
        }
        return found;
    }

    /// Behind one port of a service: the port itself, those of the services that it selects, or none.
    static List<Backend> of(MeshImage mesh, Resource service, String section) {
        return switch ((ServiceSpec) service.spec()) {
            case MeshServiceSpec spec ->
                spec.ports().stream()
                        .filter(port -> port.section().equals(section))
                        .map(port -> new Backend(service, port))
                        .toList();
            case MeshMultiZoneServiceSpec spec ->
                spec.ports().stream()
                        .filter(port -> port.section().equals(section))
                        .flatMap(port -> of(mesh, spec, port).stream())
                        .toList();
            case MeshExternalServiceSpec spec -> List.of();
        };
    }

    /// All MeshServices behind one service: itself, those that it selects, or none.
    static List<Resource> of(MeshImage mesh, Resource service) {
        return switch ((ServiceSpec) service.spec()) {
            case MeshServiceSpec spec -> List.of(service);
            case MeshMultiZoneServiceSpec spec -> mesh.services(selected(spec));
            case MeshExternalServiceSpec spec -> List.of();
        };
    }

    static String cluster(Resource service, String section) {
        return Kri.of(service).withSection(section).toString();
    }

    /// The clusters with ClusterLoadAssignments of a service.
    static List<String> clusters(Resource service) {
        return service.spec() instanceof MeshExternalServiceSpec
                ? List.of()
                : ((ServiceSpec) service.spec())
                        .callable().stream()
                                .map(port -> cluster(service, port.section()))
                                .toList();
    }
}
