package io.higuma.api.inspect;

import io.higuma.api.http.ApiException;
import io.higuma.api.http.ApiRequest;
import io.higuma.api.info.Observations;
import io.higuma.api.resources.Reads;
import io.higuma.engine.Inspection;
import io.higuma.model.Kri;
import io.higuma.model.Labels;
import io.higuma.model.Resource;
import io.higuma.model.ResourceKey;
import io.higuma.model.core.CoreTypes;
import io.higuma.model.core.Protocol;
import io.higuma.model.core.ServiceSpec;
import io.higuma.model.snapshot.MeshImage;
import io.higuma.policy.Backend;
import io.higuma.policy.Destination;
import io.higuma.policy.InboundView;
import io.higuma.policy.Routing;
import java.util.List;
import java.util.Optional;

/// Finds what a request about a proxy is about, with the answers for what is not there.
final class Subjects {

    private static final List<String> SERVICES = List.of(
            CoreTypes.MESH_SERVICE.name(),
            CoreTypes.MESH_EXTERNAL_SERVICE.name(),
            CoreTypes.MESH_MULTI_ZONE_SERVICE.name());
    private static final String ROUTE = "MeshHTTPRoute";
    private static final Destination.Port ANY_PORT = new Destination.Port("", 0, Protocol.TCP);

    private final Reads reads;
    private final Observations observations;

    Subjects(Reads reads, Observations observations) {
        this.reads = reads;
        this.observations = observations;
    }

    /// What a request calls things that are not there.
    ///
    /// @param mesh title of the answer without the mesh
    /// @param dataplane title of the answer without the Dataplane
    record Titles(String mesh, String dataplane) {}

    /// The Dataplane that is asked about.
    ///
    /// @throws ApiException 404 if it or its mesh is not there
    Resource dataplane(ApiRequest request, Titles titles) {
        String mesh = request.variable("mesh");
        if (reads.find(CoreTypes.MESH.key("", mesh)).isEmpty()) {
            throw ApiException.notFound(titles.mesh());
        }
        return reads.find(CoreTypes.DATAPLANE.key(mesh, request.variable("name")))
                .orElseThrow(() -> ApiException.notFound(titles.dataplane()));
    }

    /// What its configuration is made from.
    ///
    /// @throws ApiException 404 if it or its mesh is not there
    Inspection inspect(ApiRequest request, Titles titles) {
        ResourceKey key = dataplane(request, titles).key();
        return observations
                .inspect(key)
                .orElseThrow(() -> ApiException.of(
                        503, "Service unavailable", "the Dataplane was just written, and is not looked at yet"));
    }

    /// @throws ApiException 400 if the text is no identifier
    static Kri kri(String text) {
        try {
            return Kri.parse(text);
        } catch (IllegalArgumentException e) {
            throw ApiException.badRequest("bad request: " + e.getMessage());
        }
    }

    static Optional<InboundView> inbound(Inspection inspection, String section) {
        return inspection.view().inbounds().stream()
                .filter(inbound -> inbound.inbound().section().equals(section))
                .findFirst();
    }

    /// What is called under an identifier: a port of a service, else the service, else anything.
    static Backend backend(Inspection inspection, Kri kri) {
        MeshImage mesh = inspection.mesh();
        return SERVICES.stream()
                .flatMap(type -> mesh.all(type).stream())
                .filter(service -> Kri.of(service).equals(kri.withSection("")))
                .findFirst()
                .map(service -> backend(service, kri.section()))
                .orElseGet(() -> anything(mesh.name()));
    }

    /// A port of a service, by its name or number; the whole service if it has no such port.
    static Backend backend(Resource service, String section) {
        return ((ServiceSpec) service.spec())
                .callable().stream()
                        .filter(port -> port.section().equals(section)
                                || Integer.toString(port.port()).equals(section))
                        .findFirst()
                        .map(port -> new Destination.Port(port.section(), port.port(), port.protocol()))
                        .map(port -> backend(service, port))
                        .orElseGet(() -> backend(service, ANY_PORT));
    }

    private static Backend backend(Resource service, Destination.Port port) {
        return new Backend(
                service.key(),
                service.labels(),
                Kri.of(service).withSection(port.section()),
                port,
                Optional.empty(),
                Optional.empty());
    }

    /// Something of which only what is said of everything holds.
    static Backend anything(String mesh) {
        return new Backend(
                CoreTypes.MESH.key("", mesh),
                Labels.NONE,
                new Kri("", mesh, "", "", "", ""),
                ANY_PORT,
                Optional.empty(),
                Optional.empty());
    }

    static Optional<Routing.Route> route(Inspection inspection, Kri kri) {
        return inspection.mesh().all(ROUTE).stream()
                .map(Subjects::route)
                .filter(route -> route.kri().equals(kri))
                .findFirst();
    }

    static Routing.Route route(Resource resource) {
        return new Routing.Route(Kri.of(resource), resource.labels(), resource.name());
    }
}
