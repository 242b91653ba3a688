package io.higuma.engine;

import io.higuma.bench.load.Documents;
import io.higuma.bench.load.Topology;
import io.higuma.bench.load.Workload;
import io.higuma.envoy.Interner;
import io.higuma.envoy.ProxyCompiler;
import io.higuma.model.ComputedLabels;
import io.higuma.model.Labels;
import io.higuma.model.Resource;
import io.higuma.model.ResourceMeta;
import io.higuma.model.Spec;
import io.higuma.model.core.CoreTypes;
import io.higuma.model.core.IntOrString;
import io.higuma.model.core.LabelSelector;
import io.higuma.model.core.MeshServiceSpec;
import io.higuma.model.core.MeshSpec;
import io.higuma.model.core.Protocol;
import io.higuma.model.snapshot.MeshDelta;
import io.higuma.model.snapshot.MeshSnapshot;
import io.higuma.policies.Policies;
import io.higuma.policy.ProxyTraits;
import io.higuma.schema.Parsed;
import io.higuma.schema.ResourceReader;
import io.higuma.schema.Schemas;
import io.higuma.schema.core.CoreSchemas;
import io.higuma.xds.Node;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/// A workload as the engine holds it, without a store and without streams.
final class MeshFixture {

    /// As a launcher with an agent beside it describes itself.
    static final ProxyTraits TRAITS = Traits.of(new Node(
            "default.proxy",
            "proxy",
            "envoy",
            Map.of(
                    "dataplane.admin.port", "9901",
                    "dataplane.admin.address", "127.0.0.1",
                    "dataplane.readinessReporter.port", "9902"),
            Optional.empty(),
            "127.0.0.1"));

    private static final ResourceReader READER =
            new ResourceReader(Schemas.of(CoreSchemas.all(), Policies.schemas()).types());

    final Topology topology;
    final ModuleTargets targets = new ModuleTargets(Policies.all());
    final MeshSnapshot snapshot;

    MeshFixture(Workload workload) {
        this.topology = new Topology(workload);
        Documents documents = new Documents(topology, Documents.Outbounds.EXPLICIT, List.of());
        List<Resource> all = new ArrayList<>();
        all.add(resource(CoreTypes.MESH, "", Topology.MESH, new MeshSpec(List.of())));
        for (int service = 0; service < workload.services(); service++) {
            all.add(service(Topology.serviceName(service)));
            for (int instance = 0; instance < workload.instances(); instance++) {
                all.add(dataplane(documents.dataplane(service, instance)));
            }
        }
        this.snapshot =
                new MeshDelta(MeshSnapshot.EMPTY, targets).resync(1, all).apply();
    }

    Planner planner() {
        return new Planner(Policies.all(), new ProxyCompiler(new Interner(), Ipam.DEFAULT.ranges()), "default");
    }

    /// Who is told of which services, as if every Dataplane had a proxy.
    Callers callers() {
        Callers callers = new Callers();
        for (Resource dataplane : snapshot.mesh(Topology.MESH).all(CoreTypes.DATAPLANE.name())) {
            callers.file(dataplane.key(), Reach.of(dataplane, TRAITS));
        }
        return callers;
    }

    /// The first Dataplane of a service, under another address.
    Resource moved(int service, String address) {
        Documents documents = new Documents(topology, Documents.Outbounds.EXPLICIT, List.of());
        JsonNode document = documents.dataplane(service, 0);
        ((tools.jackson.databind.node.ObjectNode) document.get("networking")).put("address", address);
        return dataplane(document);
    }

    static Resource dataplane(JsonNode document) {
        return read(CoreTypes.DATAPLANE, document);
    }

    /// A resource of the mesh, with the labels that a control plane gives it.
    static <S extends Spec> Resource read(io.higuma.model.ResourceType<S> type, JsonNode document) {
        Parsed parsed = READER.readJson(type, document.toString().getBytes(StandardCharsets.UTF_8));
        if (!(parsed instanceof Parsed.Ok ok)) {
            throw new IllegalStateException(parsed.allProblems().toString());
        }
        Resource read = ok.resource();
        return resource(type, Topology.MESH, read.name(), read.labels(), read.spec(type.spec()));
    }

    private static Resource service(String name) {
        MeshServiceSpec spec = new MeshServiceSpec(
                Optional.of(new MeshServiceSpec.Selector(
                        Optional.empty(), Optional.of(new LabelSelector(Map.of(Labels.WORKLOAD, name))))),
                List.of(new MeshServiceSpec.Port(
                        Optional.empty(),
                        Topology.PORT,
                        Optional.of(new IntOrString.OfInt(Topology.PORT)),
                        Protocol.HTTP)),
                List.of(),
                MeshServiceSpec.State.AVAILABLE);
        return resource(CoreTypes.MESH_SERVICE, Topology.MESH, name, spec);
    }

    private static <S extends Spec> Resource resource(
            io.higuma.model.ResourceType<S> type, String mesh, String name, S spec) {
        return resource(type, mesh, name, Labels.NONE, spec);
    }

    private static <S extends Spec> Resource resource(
            io.higuma.model.ResourceType<S> type, String mesh, String name, Labels labels, S spec) {
        Labels all = new ComputedLabels("default", false).of(type, mesh, name, labels);
        return new Resource(type, type.key(mesh, name), ResourceMeta.unstored(all), spec, Optional.empty());
    }
}
