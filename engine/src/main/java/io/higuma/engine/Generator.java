package io.higuma.engine;

import io.higuma.model.ComputedLabels;
import io.higuma.model.Labels;
import io.higuma.model.Names;
import io.higuma.model.Resource;
import io.higuma.model.ResourceKey;
import io.higuma.model.ResourceMeta;
import io.higuma.model.Status;
import io.higuma.model.core.Condition;
import io.higuma.model.core.CoreTypes;
import io.higuma.model.core.DataplaneProxies;
import io.higuma.model.core.DataplaneSpec;
import io.higuma.model.core.DataplaneSpec.Inbound;
import io.higuma.model.core.DataplaneSpec.InboundState;
import io.higuma.model.core.IntOrString;
import io.higuma.model.core.LabelSelector;
import io.higuma.model.core.MeshExternalServiceSpec;
import io.higuma.model.core.MeshMultiZoneServiceSpec;
import io.higuma.model.core.MeshMultiZoneServiceStatus;
import io.higuma.model.core.MeshServiceSpec;
import io.higuma.model.core.MeshServiceStatus;
import io.higuma.model.core.ServiceSpec;
import io.higuma.model.core.ServiceStatus;
import io.higuma.model.core.WorkloadSpec;
import io.higuma.model.core.WorkloadStatus;
import io.higuma.model.snapshot.MeshImage;
import io.higuma.model.snapshot.ResourceChange;
import io.higuma.store.Change;
import io.higuma.store.Deletion;
import io.higuma.store.Expectation;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;

/// Makes and keeps the resources that follow from dataplanes: a MeshService and a Workload per workload label
/// (contract 5.3), virtual addresses, identities, counts. Writes only what differs. Owner: the loop.
final class Generator {

    static final String AUTHOR = "higuma:generator";
    private static final String SERVICES = "meshservice-generator";
    private static final String WORKLOADS = "workload-generator";

    /// Type of the condition of a service whose name a workload has that it does not select.
    static final String SHARED = "NameShared";

    private final MeshCore core;
    private final Transitions transitions;
    private final OutsideDesk outside;
    private final EngineSettings.Duties duties;
    private final AddressBook addresses;
    /// Whether somebody comes back for an address or a name that rests.
    private boolean awaiting;
    private final HostNames names;

    /// Services whose description is in the snapshot and not in the store, with the revision it is about.
    private final Map<ResourceKey, Long> introduced = new TreeMap<>();

    Generator(MeshCore core, Transitions transitions, OutsideDesk outside) {
        this.core = core;
        this.transitions = transitions;
        this.outside = outside;
        this.duties = core.settings().duties();
        this.addresses = new AddressBook(
                core.settings().ipam(),
                core.settings().timing().addressGrace(),
                core.parts().clock());
        this.names = new HostNames(
                core.settings().timing().addressGrace(), core.parts().clock());
    }

    /// Takes in what rests of services that were removed before this process began. Before [#follow].
    ///
    /// @param gone oldest first: what was had by one after the other rests for the last one
    void restore(List<Deletion> gone) {
        for (Deletion deletion : gone) {
            Rest rest = Rest.since(deletion, core.settings().timing().addressGrace(), core.now());
            addresses.restore(deletion.last(), rest);
            names.restore(deletion.last(), rest);
        }
    }

    /// Takes in what the store says; before anything else is decided about it.
    void follow(List<ResourceChange> changes, Dirty dirty) {
        changes.forEach(change -> dirty.services.addAll(addresses.follow(change)));
        dirty.services.addAll(names.follow(changes, core.state().snapshot()));
    }

    void settle(Set<ResourceKey> workloads, Set<ResourceKey> services) {
        List<Change> changes = new ArrayList<>();
        Set<ResourceKey> touched = new TreeSet<>(services);
        for (ResourceKey key : workloads) {
            if (!key.name().isEmpty()) {
                workload(key).ifPresent(changes::add);
                touched.add(CoreTypes.MESH_SERVICE.key(key.mesh(), key.name()));
            }
        }
        for (ResourceKey key : touched) {
            (key.type().equals(CoreTypes.MESH_SERVICE.name()) ? service(key) : written(key)).ifPresent(changes::add);
        }
        awaitRest();
        core.writer()
                .write(
                        changes,
                        AUTHOR,
                        () -> changes.forEach(change -> {
                            (change.key().type().equals(CoreTypes.WORKLOAD.name())
                                            ? core.dirty().workloads
                                            : core.dirty().services)
                                    .add(change.key());
                        }));
    }

    private void awaitRest() {
        if (!awaiting) {
            Stream.of(addresses.nextRest(), names.nextRest())
                    .flatMap(Optional::stream)
                    .min(Comparator.naturalOrder())
                    .ifPresent(rest -> {
                        awaiting = true;
                        core.timers().after(rest.plusMillis(1), () -> {
                            awaiting = false;
                            core.dirty().services.addAll(addresses.retry());
                            core.dirty().services.addAll(names.retry());
                        });
                    });
        }
    }

    /// What is known of a service that somebody has just written counts at once, not only when it is
    /// stored: else its members would take it for one without identity, and callers would speak plaintext
    /// to it for a moment.
    void introduce(List<ResourceChange> changes) {
        for (ResourceChange change : changes) {
            change.after()
                    .filter(service -> service.type().equals(CoreTypes.MESH_SERVICE)
                            && service.status().isEmpty()
                            && duties.serviceStatus()
                            && !isManaged(service, SERVICES))
                    .ifPresent(service -> {
                        MeshImage mesh = core.state().snapshot().mesh(service.mesh());
                        introduced.put(change.key(), service.meta().revision());
                        core.fold(described(service, mesh.members(service)));
                    });
        }
    }

    /// Whether the store does not hold yet what the snapshot does.
    private boolean isUnwritten(Resource service) {
        Long revision = introduced.get(service.key());
        return revision != null && revision == service.meta().revision();
    }

    private Optional<Change> workload(ResourceKey key) {
        MeshImage mesh = core.state().snapshot().mesh(key.mesh());
        List<Resource> members = mesh.dataplanes(Map.of(Labels.WORKLOAD, key.name()));
        Optional<Resource> old = mesh.get(CoreTypes.WORKLOAD.name(), key.name());
        if (!duties.workloads()
                || core.writer().busy(key)
                || !core.state().snapshot().hasMesh(key.mesh())) {
            return Optional.empty();
        }
        if (members.isEmpty()) {
            return old.filter(resource -> isManaged(resource, WORKLOADS))
                    .map(resource -> new Change.Delete(key, at(resource)));
        }
        Status status = new WorkloadStatus(counts(members));
        Resource wanted = old.map(resource -> resource.withStatus(status))
                .orElseGet(() -> new Resource(
                        CoreTypes.WORKLOAD,
                        key,
                        ResourceMeta.unstored(workloadLabels(key)),
                        new WorkloadSpec(),
                        Optional.of(status)));
        return put(old, wanted);
    }

    /// A service of a kind that only people write.
    private Optional<Change> written(ResourceKey key) {
        Optional<Resource> old = core.state().snapshot().get(key);
        if (core.writer().busy(key) || old.isEmpty()) {
            return Optional.empty();
        }
        Resource service = old.get();
        ServiceStatus status = allotted(service);
        if (duties.groupStatus()
                && service.spec() instanceof MeshMultiZoneServiceSpec spec
                && status instanceof MeshMultiZoneServiceStatus before) {
            status = matched(service, spec, before);
        } else if (service.spec() instanceof MeshExternalServiceSpec) {
            List<Condition> conditions = new ArrayList<>(status.conditions());
            conditions.addAll(outside.conditions(service));
            status = status.withVips(status.vips(), conditions);
        }
        return put(old, service.withStatus(status));
    }

    /// The services that a service of several zones is made of.
    private MeshMultiZoneServiceStatus matched(
            Resource service, MeshMultiZoneServiceSpec spec, MeshMultiZoneServiceStatus status) {
        List<MeshMultiZoneServiceStatus.Matched> found =
                core.state().snapshot().mesh(service.mesh()).services(Backends.selected(spec)).stream()
                        .map(each -> new MeshMultiZoneServiceStatus.Matched(
                                each.mesh(),
                                each.displayName(),
                                each.labels().value(Labels.NAMESPACE).orElse(""),
                                each.labels().value(Labels.ZONE).orElse("")))
                        .toList();
        List<Condition> conditions = new ArrayList<>(status.conditions());
        conditions.add(
                found.isEmpty()
                        ? new Condition(
                                "MeshServicesMatched",
                                "False",
                                "NoMatchesFound",
                                "no MeshService has the labels of the selector")
                        : new Condition(
                                "MeshServicesMatched",
                                "True",
                                "MatchesFound",
                                "Matched " + found.size() + " MeshService(s)"));
        return status.withMatched(found).withVips(status.vips(), conditions);
    }

    /// The status of a service with the addresses and names that it has now.
    private ServiceStatus allotted(Resource service) {
        ServiceStatus before =
                service.status(ServiceStatus.class).orElseGet(() -> ServiceStatus.empty((ServiceSpec) service.spec()));
        if (duties.addresses()) {
            AddressBook.Allotment allotment = addresses.allot(service);
            before = before.withVips(allotment.vips(), allotment.conditions());
        } else {
            before = before.withVips(before.vips(), List.of());
        }
        if (duties.names()) {
            HostNames.Found found = names.of(service);
            before = before.withNames(found.addresses(), found.generators());
        }
        return before;
    }

    private Optional<Change> service(ResourceKey key) {
        MeshImage mesh = core.state().snapshot().mesh(key.mesh());
        if (core.writer().busy(key) || !core.state().snapshot().hasMesh(key.mesh())) {
            return Optional.empty();
        }
        Optional<Resource> old = mesh.get(CoreTypes.MESH_SERVICE.name(), key.name());
        if (old.isPresent() && (!duties.services() || !isManaged(old.get(), SERVICES))) {
            Resource described = shared(described(old.get(), mesh.members(old.get())), mesh);
            return isUnwritten(old.get()) ? Optional.of(new Change.Put(described, at(old.get()))) : put(old, described);
        }
        introduced.remove(key);
        if (!duties.services()) {
            return Optional.empty();
        }
        List<Resource> members = mesh.dataplanes(Map.of(Labels.WORKLOAD, key.name()));
        if (members.isEmpty()) {
            if (old.isEmpty()) {
                forget(key);
            }
            return old.flatMap(resource -> expiring(resource, mesh));
        }
        if (!Names.dns1035(key.name()).isEmpty()) {
            return Optional.empty();
        }
        MeshServiceSpec spec = new MeshServiceSpec(
                Optional.of(new MeshServiceSpec.Selector(
                        Optional.empty(), Optional.of(new LabelSelector(Map.of(Labels.WORKLOAD, key.name()))))),
                ports(members),
                List.of(),
                MeshServiceSpec.State.UNAVAILABLE);
        Resource bare = new Resource(
                CoreTypes.MESH_SERVICE,
                key,
                old.map(resource ->
                                resource.meta().withLabels(resource.labels().without(Labels.GRACE_PERIOD_STARTED_AT)))
                        .orElseGet(() -> ResourceMeta.unstored(labels(key, CoreTypes.MESH_SERVICE, SERVICES))),
                spec,
                old.flatMap(Resource::status));
        return put(old, described(bare, members));
    }

    /// A service that was to be made and was not has no name; who wants that is looked at in the next round.
    private void forget(ResourceKey unmade) {
        Set<ResourceKey> others = names.forget(unmade);
        if (!others.isEmpty()) {
            core.loop().post("a name is free", () -> core.dirty().services.addAll(others));
        }
    }

    /// A service that a person wrote keeps its name; it says so where a workload of that name is left without one.
    private Resource shared(Resource service, MeshImage mesh) {
        List<Resource> left = new ArrayList<>(mesh.dataplanes(Map.of(Labels.WORKLOAD, service.name())));
        left.removeAll(mesh.members(service));
        if (left.isEmpty() || !duties.services()) {
            return service;
        }
        ServiceStatus status =
                service.status(ServiceStatus.class).orElseGet(() -> ServiceStatus.empty((ServiceSpec) service.spec()));
        List<Condition> conditions = new ArrayList<>(status.conditions());
        conditions.add(new Condition(
                SHARED,
                "True",
                "WorkloadNotSelected",
                left.size() + " dataplanes with the label " + Labels.WORKLOAD + ": " + service.name()
                        + " are not selected, and no service is generated for them, because this one has the name;"
                        + " select them, or give it another name"));
        return service.withStatus(status.withVips(status.vips(), conditions));
    }

    /// A service without dataplanes stays for a while: they may come back.
    private Optional<Change> expiring(Resource service, MeshImage mesh) {
        Duration grace = core.settings().timing().serviceGrace();
        Instant now = core.now();
        Instant started = service.labels()
                .value(Labels.GRACE_PERIOD_STARTED_AT)
                .flatMap(Generator::instant)
                .orElse(now);
        Instant end = started.plus(grace);
        if (!now.isBefore(end)) {
            return Optional.of(new Change.Delete(service.key(), at(service)));
        }
        core.timers()
                .after(Duration.between(now, end), () -> core.dirty().services.add(service.key()));
        Resource marked = service.withMeta(
                service.meta().withLabels(service.labels().with(Labels.GRACE_PERIOD_STARTED_AT, text(started))));
        return put(Optional.of(service), described(marked, mesh.members(service)));
    }

    /// A label value may hold no colons: seconds since the epoch.
    private static String text(Instant instant) {
        return Long.toString(instant.getEpochSecond());
    }

    private static Optional<Instant> instant(String text) {
        try {
            return Optional.of(Instant.ofEpochSecond(Long.parseLong(text)));
        } catch (NumberFormatException e) {
            try {
                return Optional.of(Instant.parse(text));
            } catch (DateTimeParseException unreadable) {
                return Optional.empty();
            }
        }
    }

    /// Everything about a service that nobody writes: identities, state, counts, address, TLS.
    private Resource described(Resource service, List<Resource> members) {
        if (!duties.serviceStatus()) {
            return service.withStatus(allotted(service));
        }
        MeshServiceSpec spec = service.spec(MeshServiceSpec.class);
        DataplaneProxies counts = counts(members);
        MeshImage mesh = core.state().snapshot().mesh(service.mesh());
        TreeSet<String> ids = new TreeSet<>();
        for (Resource member : members) {
            IdentityDesk.planned(mesh, member, core.planner().zone())
                    .ifPresent(planned -> ids.add(planned.id().text()));
        }
        boolean own = service.meta().revision() != 0 && !isManaged(service, SERVICES) && members.isEmpty();
        MeshServiceSpec described = new MeshServiceSpec(
                spec.selector(),
                spec.ports(),
                own
                        ? spec.identities()
                        : ids.stream()
                                .map(id -> new MeshServiceSpec.Identity(MeshServiceSpec.IdentityType.SPIFFE_ID, id))
                                .toList(),
                counts.healthy() > 0 ? MeshServiceSpec.State.AVAILABLE : MeshServiceSpec.State.UNAVAILABLE);
        Resource known = new Resource(service.type(), service.key(), service.meta(), described, service.status());
        MeshServiceStatus before = (MeshServiceStatus) allotted(known);
        MeshServiceStatus status = new MeshServiceStatus(
                before.addresses(),
                Optional.of(counts),
                before.hostnameGenerators(),
                Optional.of(new MeshServiceStatus.Tls(
                        transitions.tls(known)
                                ? MeshServiceStatus.TlsState.READY
                                : MeshServiceStatus.TlsState.NOT_READY)),
                before.vips(),
                before.conditions());
        return new Resource(service.type(), service.key(), service.meta(), described, Optional.of(status));
    }

    /// The union of what the members serve; of two inbounds that disagree, the first dataplane by name wins.
    private static List<MeshServiceSpec.Port> ports(List<Resource> members) {
        Map<Integer, MeshServiceSpec.Port> ports = new TreeMap<>();
        for (Resource member : members) {
            for (Inbound inbound : member.spec(DataplaneSpec.class).networking().inbound()) {
                if (inbound.stateOrReady() != InboundState.IGNORED) {
                    ports.putIfAbsent(
                            inbound.port(),
                            new MeshServiceSpec.Port(
                                    Optional.of(inbound.section()),
                                    inbound.port(),
                                    Optional.of(new IntOrString.OfInt(inbound.port())),
                                    inbound.protocolOrTcp()));
                }
            }
        }
        return List.copyOf(ports.values());
    }

    private DataplaneProxies counts(List<Resource> members) {
        int connected = 0;
        int healthy = 0;
        for (Resource member : members) {
            if (core.connected(member.key()) != null) {
                connected++;
                List<Inbound> inbounds =
                        member.spec(DataplaneSpec.class).networking().inbound();
                if (inbounds.isEmpty() || inbounds.stream().anyMatch(in -> isHealthy(member, in))) {
                    healthy++;
                }
            }
        }
        return new DataplaneProxies(connected, healthy, members.size());
    }

    /// Ready, and not withheld from callers because its workload does not answer probes.
    private boolean isHealthy(Resource dataplane, Inbound inbound) {
        return inbound.stateOrReady() == InboundState.READY
                && (inbound.serviceProbe().isEmpty()
                        || Announcement.covers(core.state().announcement(dataplane.key()), inbound.port()));
    }

    private static boolean isManaged(Resource resource, String by) {
        return resource.labels().value(Labels.MANAGED_BY).filter(by::equals).isPresent();
    }

    /// A generated Workload carries fewer labels than one that a person wrote (contract 5.3).
    private Labels workloadLabels(ResourceKey key) {
        return labels(key, CoreTypes.WORKLOAD, WORKLOADS)
                .without(Labels.DISPLAY_NAME)
                .without(Labels.ORIGIN);
    }

    private Labels labels(ResourceKey key, io.higuma.model.ResourceType<?> type, String by) {
        return new ComputedLabels(core.settings().zone(), core.settings().global())
                .of(type, key.mesh(), key.name(), Labels.NONE.with(Labels.MANAGED_BY, by));
    }

    private static Expectation at(Resource resource) {
        return new Expectation.At(resource.meta().revision());
    }

    private static Optional<Change> put(Optional<Resource> old, Resource wanted) {
        if (old.isPresent() && old.get().sameContent(wanted)) {
            return Optional.empty();
        }
        return Optional.of(
                new Change.Put(wanted, old.<Expectation>map(Generator::at).orElse(Expectation.ABSENT)));
    }
}
