package io.higuma.engine;

import io.higuma.engine.ConnectedProxy.Work;
import io.higuma.engine.flight.ApplyEvent;
import io.higuma.engine.flight.SettleEvent;
import io.higuma.engine.measure.Measures;
import io.higuma.model.Resource;
import io.higuma.model.ResourceKey;
import io.higuma.model.core.ServiceSpec;
import io.higuma.model.snapshot.MeshDelta;
import io.higuma.model.snapshot.MeshImage;
import io.higuma.model.snapshot.MeshSnapshot;
import io.higuma.model.snapshot.ResourceChange;
import io.higuma.store.Deletion;
import io.higuma.store.StoreEvent;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// What the loop does after every batch: take the delta, see who is affected, decide phases and certificates,
/// publish the new state, tell the mailboxes. Owner of all fields: the loop, unless a field says otherwise.
final class MeshCore {

    private final EngineSettings settings;
    private final EngineParts parts;
    private final Planner planner;
    private final ModuleTargets targets;
    private final Callers callers = new Callers();
    private final Affected affected;
    private final Faults faults = new Faults();
    private final Measures measures = new Measures();
    private final MeshLoop loop = new MeshLoop(this::settleMeasured, faults);
    private final Timers timers = new Timers(loop);
    private final StoreWriter writer;
    private final CompilePool pool;
    private final IdentityDesk desk;
    private final Transitions transitions;
    private final Generator generator;
    private final RouteDesk routes;
    private final OutsideDesk outside = new OutsideDesk(this);
    private final InsightLedger insights = new InsightLedger(this);
    private final Pace pace = new Pace(timers);

    private final Map<ResourceKey, ConnectedProxy> connected = new TreeMap<>();
    private final Receipts receipts =
            new Receipts(connected, key -> state().snapshot().get(key).isPresent());
    private final EndpointDesk endpoints = new EndpointDesk(this);
    private Dirty dirty = new Dirty();
    private EngineState state = EngineState.EMPTY;
    private MeshDelta delta;
    /// Whether the first state of the store was taken.
    private boolean resumed;
    private Runnable afterSettle = () -> {};
    private Consumer<ResourceKey> onRemoved = key -> {};
    private Consumer<ResourceKey> onDataplane = key -> {};

    /// The state everybody else may read.
    private volatile EngineState published = EngineState.EMPTY;

    MeshCore(EngineSettings settings, EngineParts parts) {
        this.settings = settings;
        this.parts = parts;
        this.planner = new Planner(parts.policies(), parts.compiler(), settings.zone());
        this.targets = new ModuleTargets(parts.policies());
        this.affected = new Affected(targets, callers);
        this.writer = new StoreWriter(parts.store(), loop, faults);
        this.pool = new CompilePool(this);
        this.desk = new IdentityDesk(this, new Authorities(this, parts.localSources()));
        this.transitions = new Transitions(this);
        this.generator = new Generator(this, transitions, outside);
        this.routes = new RouteDesk(this, targets, callers);
        this.delta = new MeshDelta(state.snapshot(), targets);
    }

    /// The services that were removed a short while before this process began, oldest first. Before [#heard].
    void restore(List<Deletion> gone) {
        generator.restore(gone);
    }

    /// An event of the store.
    void heard(StoreEvent event) {
        receipts.heard(event, now());
        switch (event) {
            case StoreEvent.Upsert upsert -> delta.upsert(upsert.resource());
            case StoreEvent.Delete delete -> delta.delete(delete.revision(), delete.key());
            case StoreEvent.Resync resync -> delta.resync(resync.revision(), resync.resources());
        }
    }

    private void settleMeasured() {
        long begin = System.nanoTime();
        SettleEvent event = new SettleEvent();
        event.begin();
        int concerned = settle();
        receipts.tell();
        event.end();
        if (event.shouldCommit()) {
            event.of(state.generation(), concerned);
            event.commit();
        }
        measures.settle().record(System.nanoTime() - begin);
    }

    private int settle() {
        EngineState old = state;
        boolean admitted = pace.admits();
        if (admitted) {
            take();
        }
        writer.heard(state.snapshot().revision());
        afterSettle.run();
        Dirty now = dirty;
        new TreeSet<>(now.identities).forEach(desk::settleMesh);
        now.identities.clear();
        desk.promise(now.issuers);
        new TreeSet<>(now.identified).forEach(desk::settle);
        outside.settle(now.services);
        transitions.settle(now.services, new TreeSet<>(now.identified));
        generator.settle(now.workloads, now.services);
        routes.settle(now.routes);
        if (admitted) {
            now.endpoints.forEach(endpoints::rebuild);
        }
        dirty = new Dirty();
        if (!admitted) {
            dirty.endpoints.addAll(now.endpoints);
        }
        return state != old || !now.proxies.isEmpty() || !now.connected.isEmpty() ? publish(now) : 0;
    }

    /// What the store said since the last time becomes the snapshot.
    private void take() {
        ApplyEvent event = new ApplyEvent();
        event.begin();
        List<ResourceChange> changes = delta.changes();
        MeshSnapshot before = state.snapshot();
        MeshSnapshot after = delta.apply();
        event.end();
        if (event.shouldCommit() && !changes.isEmpty()) {
            event.of(after.revision(), changes.size());
            event.commit();
        }
        if (after == before) {
            return;
        }
        delta = new MeshDelta(after, targets);
        state = state.withSnapshot(after);
        if (!resumed && after.revision() > 0) {
            resumed = true;
            transitions.resume(after);
        }
        Set<ResourceKey> gone = new TreeSet<>();
        generator.follow(changes, dirty);
        generator.introduce(changes);
        changes.forEach(this::refile);
        if (after.meshes().size() < before.meshes().size()) {
            planner.destinations().retain(after.meshes().keys());
        }
        for (ResourceChange change : changes) {
            affected.mark(change, before, after, dirty);
            change.before()
                    .filter(resource -> resource.spec() instanceof ServiceSpec)
                    .ifPresent(endpoints::drop);
            if (change.after().isEmpty() && Affected.isDataplane(change.key())) {
                gone.add(change.key());
            }
        }
        gone.forEach(this::removed);
    }

    /// A resource as it will be stored; nothing else has been heard since the snapshot.
    void fold(Resource resource) {
        state = state.withSnapshot(
                new MeshDelta(state.snapshot(), targets).upsert(resource).apply());
        delta = new MeshDelta(state.snapshot(), targets);
    }

    /// A Dataplane may be told of other services than before.
    private void refile(ResourceChange change) {
        ConnectedProxy proxy = connected.get(change.key());
        if (proxy != null) {
            change.after().ifPresent(dataplane -> {
                callers.file(proxy.key, Reach.of(dataplane, proxy.traits));
                onDataplane.accept(proxy.key);
            });
        }
    }

    private void removed(ResourceKey dataplane) {
        onRemoved.accept(dataplane);
        state = state.withAnnounced(state.announced().without(dataplane));
        desk.forget(dataplane);
        insights.forget(dataplane);
        receipts.removed(dataplane);
    }

    /// @return how many proxies may have to hold something else
    private int publish(Dirty marked) {
        state = state.withGeneration(state.generation() + 1);
        published = state;
        List<ConnectedProxy> concerned = concerned(marked);
        ResourceKey[] names = new ResourceKey[concerned.size()];
        Work[] due = new Work[names.length];
        for (int i = 0; i < names.length; i++) {
            ConnectedProxy proxy = concerned.get(i);
            names[i] = proxy.key;
            due[i] = proxy.take();
        }
        Wave wave = receipts.publish(state, names, now()).orElseGet(() -> Wave.unlisted(state, now()));
        desk.published(state);
        Set<ConnectedProxy> promised = desk.promised(state);
        List<Mailbox<Work>> idle = new ArrayList<>(names.length);
        for (int i = 0; i < names.length; i++) {
            ConnectedProxy proxy = concerned.get(i);
            if (promised.contains(proxy)) {
                proxy.waves.promise(wave);
            } else {
                proxy.waves.add(wave);
            }
            if (proxy.mailbox.put(due[i])) {
                idle.add(proxy.mailbox);
            }
        }
        pool.work("compile", idle);
        pace.started(wave);
        return names.length;
    }

    private List<ConnectedProxy> concerned(Dirty marked) {
        marked.proxies.forEach((key, work) -> {
            ConnectedProxy proxy = connected.get(key);
            if (proxy != null) {
                marked.proxy(proxy, work);
            }
        });
        marked.connected.removeIf(proxy -> proxy.gone);
        return marked.connected;
    }

    void connect(ConnectedProxy proxy) {
        connected.put(proxy.key, proxy);
        proxy.waves.join(receipts.back(proxy.key));
        desk.back(proxy);
        state.snapshot()
                .get(proxy.key)
                .ifPresent(dataplane -> callers.file(proxy.key, Reach.of(dataplane, proxy.traits)));
        dirty.proxy(proxy, Work.PLAN);
        dirty.identified.add(proxy.key);
        changed(proxy.key);
        onDataplane.accept(proxy.key);
    }

    void disconnect(ConnectedProxy proxy) {
        proxy.gone = true;
        receipts.left(proxy.key, proxy.waves.leave());
        endpoints.unsubscribe(proxy);
        if (connected.remove(proxy.key, proxy)) {
            callers.drop(proxy.key);
            desk.left(proxy.key);
            changed(proxy.key);
            called(proxy);
        }
        desk.acknowledged(proxy.key.mesh());
    }

    /// What a proxy runs changed, or whether it is there: its services and those it calls may be in another
    /// phase.
    void changed(ResourceKey key) {
        state.snapshot().get(key).ifPresent(dataplane -> {
            state.snapshot().mesh(key.mesh()).servicesOf(dataplane).forEach(s -> dirty.services.add(s.key()));
            dataplane
                    .labels()
                    .value(io.higuma.model.Labels.WORKLOAD)
                    .ifPresent(w -> dirty.workloads.add(io.higuma.model.core.CoreTypes.WORKLOAD.key(key.mesh(), w)));
        });
        ConnectedProxy proxy = connected.get(key);
        if (proxy != null) {
            called(proxy);
            dirty.identified.add(key);
        }
    }

    /// The services that a proxy calls, as far as their phase depends on their callers.
    private void called(ConnectedProxy proxy) {
        proxy.possible()
                .forEach(facts -> facts.called().keySet().stream()
                        .filter(transitions::awaitsCallers)
                        .forEach(dirty.services::add));
    }

    void announce(ResourceKey key, Announcement announcement) {
        boolean exists = state.snapshot().get(key).isPresent();
        if (exists && !announcement.equals(state.announcement(key))) {
            state = state.withAnnounced(state.announced().with(key, announcement));
            MeshImage mesh = state.snapshot().mesh(key.mesh());
            state.snapshot()
                    .get(key)
                    .ifPresent(dataplane ->
                            mesh.servicesOf(dataplane).forEach(service -> Affected.endpoints(service, mesh, dirty)));
        }
    }

    Mailbox<Work> mailbox(ConnectedProxy proxy) {
        return pool.mailbox(proxy);
    }

    void work(String what, Runnable body) {
        pool.work(what, List.of(body));
    }

    /// @param advance after every batch, once the new snapshot is there
    /// @param removed a Dataplane is gone
    /// @param dataplane the Dataplane of a connected proxy is new or changed
    void hooks(Runnable advance, Consumer<ResourceKey> removed, Consumer<ResourceKey> dataplane) {
        this.afterSettle = advance;
        this.onRemoved = removed;
        this.onDataplane = dataplane;
    }

    void close() {
        timers.close();
        loop.close();
        writer.close();
        pool.close();
    }

    @Nullable
    ConnectedProxy connected(ResourceKey key) {
        return connected.get(key);
    }

    List<ConnectedProxy> connectedIn(String mesh) {
        return connected.values().stream()
                .filter(p -> p.key.mesh().equals(mesh))
                .toList();
    }

    List<ConnectedProxy> connected() {
        return List.copyOf(connected.values());
    }

    /// How many proxies are connected.
    int connections() {
        return connected.size();
    }

    EngineState state() {
        return state;
    }

    void state(EngineState next) {
        state = next;
    }

    EngineState published() {
        return published;
    }

    Dirty dirty() {
        return dirty;
    }

    Planner planner() {
        return planner;
    }

    EngineParts parts() {
        return parts;
    }

    Affected affected() {
        return affected;
    }

    IdentityDesk desk() {
        return desk;
    }

    RouteDesk routes() {
        return routes;
    }

    Callers callers() {
        return callers;
    }

    Transitions transitions() {
        return transitions;
    }

    InsightLedger insights() {
        return insights;
    }

    Receipts receipts() {
        return receipts;
    }

    Measures measures() {
        return measures;
    }

    /// Proxies whose work waits for a thread.
    int waitingForWorkers() {
        return pool.backlog();
    }

    EndpointDesk endpoints() {
        return endpoints;
    }

    StoreWriter writer() {
        return writer;
    }

    MeshLoop loop() {
        return loop;
    }

    Timers timers() {
        return timers;
    }

    Faults faults() {
        return faults;
    }

    EngineSettings settings() {
        return settings;
    }

    SecureRandom random() {
        return parts.random();
    }

    Instant now() {
        return parts.clock().instant();
    }
}
