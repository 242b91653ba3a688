package io.higuma.engine;

import io.higuma.engine.ConnectedProxy.Work;
import io.higuma.envoy.EndpointGroup;
import io.higuma.model.Resource;
import io.higuma.model.ResourceKey;
import io.higuma.model.core.ServiceSpec;
import io.higuma.model.snapshot.MeshDelta;
import io.higuma.model.snapshot.MeshSnapshot;
import io.higuma.model.snapshot.ResourceChange;
import io.higuma.model.wire.ProxyConfig;
import io.higuma.policy.ProxyTraits;
import io.higuma.store.Change;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Folds a change into a copy of the newest state and plans some proxies from it, on the thread of
/// whoever asks. Only who is concerned is asked of the loop. It shows what a change brings at once,
/// not what the engine makes in answer to it: generated services, certificates and phases stay as
/// they are.
final class Previews {

    private final MeshCore core;

    Previews(MeshCore core) {
        this.core = core;
    }

    private record Subject(ResourceKey key, ProxyTraits traits) {}

    private record Concerned(int count, List<Subject> sample) {}

    Preview of(List<Change> changes, int sample) {
        // A planner of its own: what is only looked at is no compilation, and leaves nothing behind.
        Planner planner = new Planner(
                core.parts().policies(),
                core.parts().compiler(),
                core.settings().zone());
        EngineState now = core.published();
        MeshDelta delta =
                new MeshDelta(now.snapshot(), new ModuleTargets(core.parts().policies()));
        for (Change change : changes) {
            switch (change) {
                case Change.Put put -> delta.upsert(put.resource());
                case Change.Delete delete -> delta.delete(now.snapshot().revision(), delete.key());
            }
        }
        List<ResourceChange> differences = delta.changes();
        MeshSnapshot after = delta.apply();
        Concerned concerned = core.loop().ask(() -> concerned(differences, now.snapshot(), after, sample));
        EngineState then = endpoints(planner, now.withSnapshot(after), differences);
        List<Preview.Proxy> proxies = new ArrayList<>();
        for (Subject subject : concerned.sample()) {
            Made before = made(planner, now, subject);
            Made later = made(planner, then, subject);
            proxies.add(new Preview.Proxy(subject.key(), before.config(), later.config(), later.problem()));
        }
        return new Preview(concerned.count(), proxies);
    }

    private Concerned concerned(List<ResourceChange> changes, MeshSnapshot before, MeshSnapshot after, int sample) {
        List<Subject> some = new ArrayList<>();
        Dirty marked = new Dirty();
        changes.forEach(change -> core.affected().mark(change, before, after, marked));
        for (ResourceKey service : marked.endpoints) {
            for (MeshSnapshot snapshot : List.of(before, after)) {
                snapshot.get(service).map(Backends::clusters).stream()
                        .flatMap(List::stream)
                        .flatMap(core.endpoints()::subscribers)
                        .forEach(proxy -> marked.proxy(proxy.key, Work.DELIVER));
            }
        }
        Set<ResourceKey> all = marked.proxies.keySet();
        all.removeIf(key -> core.connected(key) == null);
        for (ResourceKey key : all) {
            ConnectedProxy proxy = core.connected(key);
            if (some.size() < sample && proxy != null) {
                some.add(new Subject(key, proxy.traits));
            }
        }
        return new Concerned(all.size(), some);
    }

    /// The endpoints of the services that a change touches, or that stand before a dataplane that it touches.
    private static EngineState endpoints(Planner planner, EngineState state, List<ResourceChange> changes) {
        EngineState next = state;
        for (ResourceChange change : changes) {
            List<Resource> services = new ArrayList<>();
            if (change.after().filter(now -> now.spec() instanceof ServiceSpec).isPresent()) {
                services.add(change.after().get());
            } else if (Affected.isDataplane(change.key())) {
                for (Optional<Resource> dataplane : List.of(change.before(), change.after())) {
                    dataplane.ifPresent(each ->
                            services.addAll(state.snapshot().mesh(each.mesh()).servicesOf(each)));
                }
            }
            for (Resource service : List.copyOf(services)) {
                services.addAll(state.snapshot().mesh(service.mesh()).groups(service));
            }
            for (Resource service : services) {
                for (EndpointGroup group : Views.endpoints(state, service, planner.zone())) {
                    var made = planner.compiler().endpoints(group);
                    next = next.withEndpoints(next.endpoints().with(made.name(), made));
                }
            }
        }
        return next;
    }

    private record Made(Optional<ProxyConfig> config, Optional<String> problem) {}

    private static Made made(Planner planner, EngineState state, Subject subject) {
        if (state.snapshot().get(subject.key()).isEmpty()) {
            return new Made(Optional.empty(), Optional.empty());
        }
        try {
            Planner.Plan plan = planner.plan(state, subject.key(), subject.traits());
            return new Made(Optional.of(planner.config(state, subject.key(), plan.compiled())), Optional.empty());
        } catch (RuntimeException e) {
            return new Made(Optional.empty(), Optional.of(Troubles.Cause.of(e).message()));
        }
    }
}
