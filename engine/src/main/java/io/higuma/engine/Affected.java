package io.higuma.engine;

import io.higuma.engine.ConnectedProxy.Work;
import io.higuma.model.Labels;
import io.higuma.model.Resource;
import io.higuma.model.ResourceKey;
import io.higuma.model.Spec;
import io.higuma.model.core.CoreTypes;
import io.higuma.model.core.DataplaneSpec;
import io.higuma.model.core.DataplaneSpec.Inbound;
import io.higuma.model.core.DataplaneSpec.InboundState;
import io.higuma.model.core.MeshServiceSpec;
import io.higuma.model.core.ServiceStatus;
import io.higuma.model.snapshot.MeshImage;
import io.higuma.model.snapshot.MeshSnapshot;
import io.higuma.model.snapshot.PolicyTargets;
import io.higuma.model.snapshot.ResourceChange;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Who can see a change: lookups in the indexes of the snapshots before and after, and among the connected callers.
final class Affected {

    private static final Set<String> IDENTITY =
            Set.of(CoreTypes.MESH_IDENTITY.name(), CoreTypes.MESH_TRUST.name(), CoreTypes.SECRET.name());

    private final PolicyTargets targets;
    private final Callers callers;

    Affected(PolicyTargets targets, Callers callers) {
        this.targets = targets;
        this.callers = callers;
    }

    void mark(ResourceChange change, MeshSnapshot before, MeshSnapshot after, Dirty dirty) {
        String mesh = change.key().mesh();
        switch (change.key().type()) {
            case "Dataplane" -> dataplane(change, before.mesh(mesh), after.mesh(mesh), dirty);
            case "MeshService" -> service(change, before.mesh(mesh), after.mesh(mesh), dirty);
            case "MeshMultiZoneService", "MeshExternalService" ->
                called(change, before.mesh(mesh), after.mesh(mesh), dirty);
            case "Workload" -> dirty.workloads.add(change.key());
            default -> {
                if (IDENTITY.contains(change.key().type())) {
                    if (change.wanted()) {
                        dirty.identities.add(mesh);
                        if (change.key().type().equals(CoreTypes.MESH_IDENTITY.name())) {
                            dirty.issuers.add(change.key());
                        }
                        if (change.key().type().equals(CoreTypes.SECRET.name())) {
                            String name = change.key().name();
                            dirty.services.addAll(OutsideDesk.users(after.mesh(mesh), name));
                            dirty.issuers.addAll(Authorities.users(after.mesh(mesh), name));
                        }
                    }
                } else {
                    change.after()
                            .filter(policy -> !targets.backends(policy).isEmpty())
                            .ifPresent(policy -> dirty.routes.add(policy.key()));
                    if (change.wanted()) {
                        policy(change.before(), after.mesh(mesh), dirty);
                        policy(change.after(), after.mesh(mesh), dirty);
                    }
                }
            }
        }
    }

    private void policy(Optional<Resource> policy, MeshImage mesh, Dirty dirty) {
        policy.flatMap(targets::of)
                .ifPresent(target ->
                        mesh.dataplanes(target.labels()).forEach(selected -> dirty.proxy(selected.key(), Work.PLAN)));
    }

    private static void dataplane(ResourceChange change, MeshImage before, MeshImage after, Dirty dirty) {
        boolean relabelled =
                !change.before().map(Resource::labels).equals(change.after().map(Resource::labels));
        boolean moved = !relabelled && standsAlike(change);
        change.before().ifPresent(old -> behind(old, before, moved, dirty));
        change.after().ifPresent(now -> behind(now, after, moved, dirty));
        if (relabelled
                || !change.before().map(Affected::ownView).equals(change.after().map(Affected::ownView))) {
            dirty.proxy(change.key(), Work.PLAN);
            dirty.identified.add(change.key());
        }
    }

    /// Whether services and workloads count a dataplane as before: at most where it is differs.
    private static boolean standsAlike(ResourceChange change) {
        return change.before().map(Affected::inbounds).equals(change.after().map(Affected::inbounds));
    }

    private static List<Inbound> inbounds(Resource dataplane) {
        return dataplane.spec(DataplaneSpec.class).networking().inbound();
    }

    /// The services a dataplane stands behind, or would.
    ///
    /// @param moved whether nothing but its endpoints may differ
    private static void behind(Resource dataplane, MeshImage mesh, boolean moved, Dirty dirty) {
        for (Resource service : mesh.servicesOf(dataplane)) {
            endpoints(service, mesh, dirty);
            if (!moved) {
                dirty.services.add(service.key());
            }
        }
        if (moved) {
            return;
        }
        dataplane
                .labels()
                .value(Labels.WORKLOAD)
                .ifPresent(workload -> dirty.workloads.add(CoreTypes.WORKLOAD.key(dataplane.mesh(), workload)));
    }

    /// The endpoints of a service, and of those that are made of it.
    static void endpoints(Resource service, MeshImage mesh, Dirty dirty) {
        dirty.endpoints.add(service.key());
        mesh.groups(service).forEach(group -> dirty.endpoints.add(group.key()));
    }

    /// What of a dataplane its own proxy sees: everything but readiness, which only callers see.
    private static DataplaneSpec ownView(Resource dataplane) {
        DataplaneSpec.Networking all = dataplane.spec(DataplaneSpec.class).networking();
        List<Inbound> inbounds = all.inbound().stream()
                .map(in -> new Inbound(
                        in.port(),
                        in.servicePort(),
                        in.serviceAddress(),
                        in.address(),
                        in.name(),
                        in.protocol(),
                        Optional.empty(),
                        in.state().filter(InboundState.IGNORED::equals),
                        in.serviceProbe()))
                .toList();
        return new DataplaneSpec(new DataplaneSpec.Networking(
                all.address(),
                all.admin(),
                inbounds,
                all.outbound(),
                all.gateway(),
                all.listeners(),
                all.transparentProxying()));
    }

    private void service(ResourceChange change, MeshImage before, MeshImage after, Dirty dirty) {
        dirty.services.add(change.key());
        change.before().ifPresent(old -> managed(old, dirty));
        if (change.before().map(Affected::seen).equals(change.after().map(Affected::seen))) {
            return;
        }
        change.before().ifPresent(old -> told(old, before, dirty));
        change.after().ifPresent(now -> told(now, after, dirty));
        change.before().ifPresent(old -> before.members(old).forEach(member -> dirty.identified.add(member.key())));
        change.after().ifPresent(now -> after.members(now).forEach(member -> dirty.identified.add(member.key())));
    }

    /// Whoever has a route that may lead to the service sees it, called by itself or not.
    private void routes(Resource service, MeshImage mesh, Dirty dirty) {
        mesh.routesTo(service).forEach(route -> {
            dirty.routes.add(route.key());
            policy(Optional.of(route), mesh, dirty);
        });
    }

    /// Whoever is told of a service, by itself or as a part of another one.
    private void told(Resource service, MeshImage mesh, Dirty dirty) {
        endpoints(service, mesh, dirty);
        routes(service, mesh, dirty);
        mesh.groups(service).forEach(group -> {
            dirty.services.add(group.key());
            routes(group, mesh, dirty);
        });
        callers.of(service, mesh).forEach(caller -> dirty.proxy(caller, Work.PLAN));
    }

    /// A service of which no dataplane is a member by itself.
    private void called(ResourceChange change, MeshImage before, MeshImage after, Dirty dirty) {
        dirty.services.add(change.key());
        if (!change.before().map(Affected::offered).equals(change.after().map(Affected::offered))) {
            change.before().ifPresent(old -> told(old, before, dirty));
            change.after().ifPresent(now -> told(now, after, dirty));
        }
    }

    private record Offered(Labels labels, Spec spec, Allotted allotted) {}

    private static Offered offered(Resource service) {
        return new Offered(service.labels(), service.spec(), Allotted.of(service));
    }

    private static void managed(Resource service, Dirty dirty) {
        dirty.workloads.add(CoreTypes.WORKLOAD.key(service.mesh(), service.name()));
    }

    /// What callers see of a service: counts cause nothing.
    private record Seen(Labels labels, MeshServiceSpec spec, boolean tls, Allotted allotted) {}

    /// Where and under which names a service is called.
    private record Allotted(List<ServiceStatus.Vip> vips, List<String> hostnames) {

        static Allotted of(Resource service) {
            return service.status(ServiceStatus.class)
                    .map(status -> new Allotted(
                            status.vips(),
                            status.addresses().stream()
                                    .map(ServiceStatus.Address::hostname)
                                    .toList()))
                    .orElse(new Allotted(List.of(), List.of()));
        }
    }

    private static Seen seen(Resource service) {
        MeshServiceSpec spec = service.spec(MeshServiceSpec.class);
        return new Seen(
                service.labels(),
                new MeshServiceSpec(spec.selector(), spec.ports(), spec.identities(), MeshServiceSpec.State.AVAILABLE),
                Views.tlsReady(service),
                Allotted.of(service));
    }

    /// Whether a key is of a dataplane.
    static boolean isDataplane(ResourceKey key) {
        return key.type().equals(CoreTypes.DATAPLANE.name());
    }
}
