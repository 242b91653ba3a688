package io.higuma.engine;

import io.higuma.engine.ConnectedProxy.Work;
import io.higuma.engine.EngineState.Grant;
import io.higuma.model.Resource;
import io.higuma.model.ResourceKey;
import io.higuma.model.core.CoreTypes;
import io.higuma.model.core.MeshServiceSpec;
import io.higuma.model.snapshot.MeshImage;
import io.higuma.model.snapshot.MeshSnapshot;
import io.higuma.policy.InboundView.Acceptance;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Takes a mesh from plaintext to mutual TLS and back without losing a request. Owner: the loop.
///
/// ```
/// servers accept both ─▶ all of a service's proxies acknowledged ─▶ service Ready: callers begin ─▶ all
/// callers acknowledged ─▶ servers accept what the policies say ```
///
/// The way back is the same in reverse. Proxies that are not connected hold nobody up: they get the
/// phase of the day when they come. One whose certificate is on its way keeps what it runs until then
/// ([Planner#awaitsCertificate]).
final class Transitions {

    private final MeshCore core;
    /// Services all of whose connected callers have begun.
    private final Set<ResourceKey> finished = new HashSet<>();
    /// Services with members that shall have no identity and keep it until no caller needs it.
    private final Set<ResourceKey> leaving = new HashSet<>();

    Transitions(MeshCore core) {
        this.core = core;
    }

    /// A control plane starts on a mesh that runs: services whose callers use mutual TLS are taken
    /// for finished, so that proxies that come back find what they left. (Was it killed in the
    /// middle, callers that had not begun begin now.)
    void resume(MeshSnapshot snapshot) {
        snapshot.meshNames().stream()
                .flatMap(name -> snapshot.mesh(name).all(CoreTypes.MESH_SERVICE.name()).stream())
                .filter(Views::tlsReady)
                .forEach(service -> finished.add(service.key()));
    }

    /// Whether the phase of a service depends on what its callers run.
    boolean awaitsCallers(ResourceKey service) {
        return leaving.contains(service)
                || core.state()
                        .snapshot()
                        .get(service)
                        .filter(found -> Views.tlsReady(found) != finished.contains(service))
                        .isPresent();
    }

    /// What an inbound of a proxy with an identity must accept now.
    Acceptance acceptance(ResourceKey key) {
        Optional<Resource> dataplane = core.state().snapshot().get(key);
        boolean last = dataplane.isPresent()
                && mesh(key).servicesOf(dataplane.get()).stream().allMatch(service -> finished.contains(service.key()));
        return last ? Acceptance.AS_POLICY : Acceptance.BOTH;
    }

    /// What follows from what proxies run now, for some services and all who stand behind them.
    void settle(Set<ResourceKey> services, Set<ResourceKey> dataplanes) {
        Set<ResourceKey> proxies = new HashSet<>(dataplanes);
        for (ResourceKey key : services) {
            Optional<Resource> service = core.state().snapshot().get(key);
            if (service.isEmpty()) {
                finished.remove(key);
                leaving.remove(key);
                continue;
            }
            if (!(service.get().spec() instanceof MeshServiceSpec)) {
                continue;
            }
            phase(service.get());
            mesh(key).members(service.get()).forEach(member -> proxies.add(member.key()));
        }
        proxies.forEach(this::settle);
    }

    private void phase(Resource service) {
        if (!Views.tlsReady(service)) {
            finished.remove(service.key());
        } else if (!finished.contains(service.key()) && callersBegan(service)) {
            finished.add(service.key());
        }
    }

    private boolean callersBegan(Resource service) {
        MeshImage mesh = mesh(service.key());
        for (ResourceKey caller : core.routes().callers(service)) {
            ConnectedProxy proxy = core.connected(caller);
            boolean able = core.state()
                    .snapshot()
                    .get(caller)
                    .flatMap(dataplane ->
                            IdentityDesk.planned(mesh, dataplane, core.planner().zone()))
                    .filter(IdentityDesk::certified)
                    .isPresent();
            if (proxy != null
                    && able
                    && proxy.possible().stream()
                            .anyMatch(
                                    facts -> Boolean.FALSE.equals(facts.called().get(service.key())))) {
                return false;
            }
            if (proxy != null && able && !proxy.settled) {
                return false;
            }
        }
        return true;
    }

    /// Whether callers shall use mutual TLS; written to the status of the service, so that it outlives a
    /// restart.
    boolean tls(Resource service) {
        MeshImage mesh = mesh(service.key());
        List<Resource> members = mesh.members(service);
        if (members.isEmpty()) {
            return Views.tlsReady(service);
        }
        boolean anyConnected = false;
        for (Resource member : members) {
            if (IdentityDesk.planned(mesh, member, core.planner().zone())
                    .filter(IdentityDesk::certified)
                    .isEmpty()) {
                return false;
            }
            ConnectedProxy proxy = core.connected(member.key());
            if (proxy != null) {
                anyConnected = true;
                if (!Views.tlsReady(service)
                        && (!proxy.settled
                                || proxy.running.secret().isEmpty()
                                || proxy.running.acceptance() == Acceptance.PLAINTEXT)) {
                    return false;
                }
            }
        }
        return anyConnected || Views.tlsReady(service);
    }

    private void settle(ResourceKey key) {
        Grant grant = core.state().grants().get(key);
        Optional<Resource> dataplane = core.state().snapshot().get(key);
        if (grant == null || dataplane.isEmpty()) {
            return;
        }
        MeshImage mesh = mesh(key);
        boolean planned = IdentityDesk.planned(
                        mesh, dataplane.get(), core.planner().zone())
                .filter(IdentityDesk::certified)
                .isPresent();
        List<Resource> services = mesh.servicesOf(dataplane.get());
        if (!planned && !used(key, services)) {
            services.forEach(service -> leaving.remove(service.key()));
            core.desk().forget(key);
            core.dirty().proxy(key, Work.PLAN);
            return;
        }
        if (!planned) {
            services.forEach(service -> leaving.add(service.key()));
        }
        Acceptance acceptance = planned ? acceptance(key) : Acceptance.BOTH;
        if (grant.acceptance() != acceptance) {
            core.state(core.state()
                    .withGrants(core.state()
                            .grants()
                            .with(key, new Grant(grant.identity(), acceptance, grant.certificate()))));
            core.dirty().proxy(key, Work.PLAN);
        }
    }

    /// Whether anybody may still speak mutual TLS to the proxy, or it to anybody.
    private boolean used(ResourceKey key, List<Resource> services) {
        ConnectedProxy own = core.connected(key);
        if (own != null
                && own.possible().stream().anyMatch(facts -> facts.called().containsValue(true))) {
            return true;
        }
        for (Resource service : services) {
            if (Views.tlsReady(service)) {
                return true;
            }
            for (ResourceKey caller : core.routes().callers(service)) {
                ConnectedProxy proxy = core.connected(caller);
                if (proxy != null
                        && proxy.possible().stream()
                                .anyMatch(facts ->
                                        Boolean.TRUE.equals(facts.called().get(service.key())))) {
                    return true;
                }
            }
        }
        return false;
    }

    private MeshImage mesh(ResourceKey key) {
        return core.state().snapshot().mesh(key.mesh());
    }
}
