package io.higuma.engine;

import io.higuma.engine.ReachReport.Called;
import io.higuma.engine.ReachReport.Told;
import io.higuma.engine.ReachReport.Verdict;
import io.higuma.model.Resource;
import io.higuma.model.ResourceKey;
import io.higuma.model.core.CoreTypes;
import io.higuma.model.core.DataplaneSpec;
import io.higuma.model.core.DataplaneSpec.ReachableBackend;
import io.higuma.model.core.DataplaneSpec.TransparentProxying;
import io.higuma.model.core.MeshServiceSpec;
import io.higuma.model.snapshot.MeshDelta;
import io.higuma.model.snapshot.MeshImage;
import io.higuma.model.wire.Bytes;
import io.higuma.model.wire.ProxyConfig;
import io.higuma.model.wire.ResourceSet;
import io.higuma.model.wire.TypeUrl;
import io.higuma.model.wire.WireResource;
import io.higuma.policy.Contribution;
import io.higuma.policy.Destination;
import io.higuma.policy.InboundView;
import io.higuma.policy.Permissions;
import io.higuma.policy.ProxyIdentity;
import io.higuma.policy.ProxyTraits;
import io.higuma.policy.Selection;
import io.higuma.policy.Site;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;

/// Finds out what a proxy is told and would be told, with the code that configures it: the limited one is planned from
/// a copy of the state in which its Dataplane has other `reachableBackends`.
final class ReachReports {

    private final Planner planner;
    private final ModuleTargets targets;
    private final EngineState state;
    private final ProxyTraits others;

    /// @param others what is assumed of the proxies of services: only their permissions are looked at
    ReachReports(Planner planner, ModuleTargets targets, EngineState state, ProxyTraits others) {
        this.planner = planner;
        this.targets = targets;
        this.state = state;
        this.others = others;
    }

    /// @param asked the `reachableBackends` to try; empty tries every service that is not denied
    /// @throws io.higuma.envoy.CompileException if there is no valid configuration
    ReachReport of(Resource dataplane, Optional<ProxyTraits> known, List<ReachableBackend> asked) {
        ProxyTraits traits = known.orElse(others);
        Planner.Sight sight = planner.see(state, dataplane, traits);
        List<Called> services = services(sight);
        List<ReachableBackend> refs = asked.isEmpty()
                ? services.stream()
                        .filter(each -> each.verdict() != Verdict.DENIED)
                        .map(each -> ref(each.service()))
                        .toList()
                : asked;
        Resource limited = limited(dataplane, refs);
        EngineState then = state.withSnapshot(
                new MeshDelta(state.snapshot(), targets).upsert(limited).apply());
        return new ReachReport(
                known.isPresent(),
                Reach.of(dataplane, traits) instanceof Reach.Virtual,
                sight.view().identity().isPresent(),
                told(state, dataplane, traits),
                services,
                refs,
                told(then, limited, traits));
    }

    private static ReachableBackend ref(ResourceKey service) {
        return new ReachableBackend(
                service.type(), Optional.of(service.name()), Optional.empty(), Optional.empty(), new TreeMap<>());
    }

    private static Resource limited(Resource dataplane, List<ReachableBackend> refs) {
        DataplaneSpec.Networking old = dataplane.spec(DataplaneSpec.class).networking();
        TransparentProxying given = old.transparentProxying()
                .orElse(new TransparentProxying(
                        Optional.empty(), Optional.empty(), List.of(), Optional.empty(), Optional.empty()));
        DataplaneSpec spec = new DataplaneSpec(new DataplaneSpec.Networking(
                old.address(),
                old.admin(),
                old.inbound(),
                old.outbound(),
                old.gateway(),
                old.listeners(),
                Optional.of(new TransparentProxying(
                        given.redirectPortInbound(),
                        given.redirectPortOutbound(),
                        given.directAccessServices(),
                        given.ipFamilyMode(),
                        Optional.of(new DataplaneSpec.ReachableBackends(refs))))));
        return new Resource(dataplane.type(), dataplane.key(), dataplane.meta(), spec, dataplane.status());
    }

    private Told told(EngineState from, Resource dataplane, ProxyTraits traits) {
        Planner.Plan plan = planner.plan(from, dataplane.key(), traits);
        ProxyConfig config = planner.config(from, dataplane.key(), plan.compiled());
        Set<ResourceKey> services = new HashSet<>();
        planner.see(from, dataplane, traits).callable().list().forEach(to -> services.add(to.service()));
        long bytes = 0;
        for (TypeUrl type : List.of(TypeUrl.CLUSTER, TypeUrl.ENDPOINT, TypeUrl.LISTENER, TypeUrl.ROUTE)) {
            bytes += bytes(config.set(type));
        }
        return new Told(
                services.size(),
                config.set(TypeUrl.CLUSTER).size(),
                endpoints(from, dataplane.mesh(), plan.compiled().endpointNames()),
                config.set(TypeUrl.LISTENER).size(),
                config.set(TypeUrl.ROUTE).size(),
                bytes);
    }

    private static long bytes(ResourceSet set) {
        return set.resources().stream()
                .map(WireResource::bytes)
                .mapToLong(Bytes::size)
                .sum();
    }

    private int endpoints(EngineState from, String mesh, Set<String> clusters) {
        return CoreTypes.SERVICES.stream()
                .flatMap(kind -> from.snapshot().mesh(mesh).all(kind.name()).stream())
                .flatMap(service -> Views.endpoints(from, service, planner.zone()).stream())
                .filter(group -> clusters.contains(group.clusterName()))
                .mapToInt(group -> group.endpoints().size())
                .sum();
    }

    private List<Called> services(Planner.Sight sight) {
        Set<String> routed = new HashSet<>();
        for (Contribution each :
                contributions(sight, policies -> policies.outbound(sight.view().calls()))) {
            Site site = each instanceof Contribution.HttpRoutes http
                    ? http.site()
                    : each instanceof Contribution.TcpRoute tcp ? tcp.site() : new Site.OfOutbound("");
            if (site instanceof Site.OfOutbound outbound) {
                routed.add(outbound.cluster());
            }
        }
        Optional<String> caller = sight.view().identity().map(ProxyIdentity::spiffeId);
        Map<ResourceKey, Verdict> verdicts = new TreeMap<>();
        for (Destination to : sight.callable().list()) {
            Verdict verdict = routed.contains(to.clusterName()) ? Verdict.ROUTED : verdict(to, caller);
            // a service of several ports is denied where all of them are
            verdicts.merge(to.service(), verdict, (one, other) -> one == Verdict.DENIED ? other : one);
        }
        return verdicts.entrySet().stream()
                .map(each -> new Called(each.getKey(), each.getValue()))
                .toList();
    }

    private static List<Contribution> contributions(
            Planner.Sight sight, Function<Selection<?>, List<Contribution>> part) {
        return sight.policies().stream()
                .flatMap(policies -> part.apply(policies).stream())
                .toList();
    }

    private Verdict verdict(Destination to, Optional<String> caller) {
        MeshImage mesh = state.snapshot().mesh(to.service().mesh());
        Optional<Resource> service = mesh.get(to.service().type(), to.service().name());
        if (service.isEmpty() || to.outside().isPresent()) {
            return Verdict.UNKNOWN;
        }
        if (caller.isEmpty() || to.tls().isEmpty()) {
            return Verdict.OPEN;
        }
        Verdict found = Verdict.UNKNOWN;
        for (Backends.Backend backend :
                Backends.of(mesh, service.get(), to.target().section())) {
            for (Resource member : mesh.members(backend.service())) {
                for (Permissions each : permissions(member, backend.port())) {
                    if (each.admit(caller.get(), to.tls().get().sni())) {
                        return Verdict.ALLOWED;
                    }
                    found = Verdict.DENIED;
                }
            }
        }
        return found;
    }

    /// What the inbounds behind a port of a service check; nothing while their proxy has no identity.
    private List<Permissions> permissions(Resource member, MeshServiceSpec.Port port) {
        Planner.Sight sight = planner.see(state, member, others);
        Set<Site> sites = new HashSet<>();
        sight.view().inbounds().stream()
                .map(InboundView::inbound)
                .filter(inbound -> Views.serves(inbound, port))
                .forEach(inbound -> sites.add(new Site.OfInbound(inbound.section())));
        List<Permissions> found = new ArrayList<>();
        for (Contribution each : contributions(sight, policies -> policies.inbound(sight.view()))) {
            if (each instanceof Contribution.InboundPermissions of && sites.contains(of.site())) {
                found.add(of.permissions());
            }
        }
        return found;
    }
}
