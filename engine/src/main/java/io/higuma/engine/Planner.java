package io.higuma.engine;

import io.higuma.envoy.CompileException;
import io.higuma.envoy.CompiledProxy;
import io.higuma.envoy.EndpointGroup;
import io.higuma.envoy.ProxyCompiler;
import io.higuma.model.Kri;
import io.higuma.model.Resource;
import io.higuma.model.ResourceKey;
import io.higuma.model.Spec;
import io.higuma.model.collect.PersistentMap;
import io.higuma.model.snapshot.MeshImage;
import io.higuma.model.target.RouteBackendRef;
import io.higuma.model.target.ToTargetRef;
import io.higuma.model.wire.ProxyConfig;
import io.higuma.model.wire.ResourceSet;
import io.higuma.model.wire.WireResource;
import io.higuma.policy.Backend;
import io.higuma.policy.Contribution;
import io.higuma.policy.InboundView;
import io.higuma.policy.InboundView.Acceptance;
import io.higuma.policy.Matched;
import io.higuma.policy.PolicyMatcher;
import io.higuma.policy.PolicyModule;
import io.higuma.policy.ProxyIdentity;
import io.higuma.policy.ProxyTraits;
import io.higuma.policy.ProxyView;
import io.higuma.policy.Routing;
import io.higuma.policy.Selection;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.WeakHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// From a state to what one proxy shall hold: the one way configuration is made. Pure but for what the compiler
/// interns; safe for all threads.
final class Planner {

    private final List<PolicyModule<?>> policies;
    private final ProxyCompiler compiler;
    private final String zone;
    private final Destinations destinations = new Destinations();
    private final CallPlans callPlans;
    private final AtomicLong compilations = new AtomicLong();
    private final Map<SortedSet<String>, Scope> scopes = Collections.synchronizedMap(new WeakHashMap<>());
    private volatile @Nullable Latest latest;

    Planner(List<PolicyModule<?>> policies, ProxyCompiler compiler, String zone) {
        this.policies = policies;
        this.compiler = compiler;
        this.callPlans = new CallPlans(compiler);
        this.zone = zone;
    }

    /// A compiled proxy and what others have to know about it.
    record Plan(CompiledProxy compiled, Facts facts) {}

    /// What changes for others once a proxy runs a configuration.
    ///
    /// @param ports the inbounds it listens on
    /// @param acceptance what its inbounds accept
    /// @param secret name of its certificate; empty without identity
    /// @param called the services it calls, and whether with mutual TLS
    record Facts(Set<Integer> ports, Acceptance acceptance, String secret, Map<ResourceKey, Boolean> called) {
        static final Facts NONE = new Facts(Set.of(), Acceptance.PLAINTEXT, "", Map.of());

        Facts {
            ports = Set.copyOf(ports);
            called = Map.copyOf(called);
        }
    }

    /// @throws CompileException if there is no valid configuration
    Plan plan(EngineState state, ResourceKey key, ProxyTraits traits) {
        Resource dataplane = state.snapshot()
                .get(key)
                .orElseThrow(() -> new CompileException(key.toString(), key + " does not exist"));
        compilations.incrementAndGet();
        Sight sight = see(state, dataplane, traits);
        List<Contribution> contributions = new ArrayList<>();
        sight.policies().forEach(each -> contributions.addAll(each.inbound(sight.view())));
        return new Plan(
                compiler.compile(sight.view(), contributions, callPlans.of(sight)),
                facts(
                        sight.view(),
                        called(
                                state.snapshot().mesh(key.mesh()),
                                sight.callable(),
                                sight.view().routing())));
    }

    /// What a configuration is made from.
    ///
    /// @param policies those that select the proxy, in the order of their kinds
    record Sight(ProxyView view, List<Selection<?>> policies, Destinations.Callable callable) {}

    Sight see(EngineState state, Resource dataplane, ProxyTraits traits) {
        List<Selection<?>> chosen = new ArrayList<>();
        Set<RouteBackendRef> refs = new LinkedHashSet<>();
        List<Routing.Route> routes = new ArrayList<>();
        for (PolicyModule<?> module : policies) {
            Selection<?> each = choose(module, state, dataplane);
            collect(each, refs, routes);
            chosen.add(each);
        }
        MeshImage mesh = state.snapshot().mesh(dataplane.mesh());
        boolean identified = state.grants().containsKey(dataplane.key());
        Destinations.Callable callable = destinations.of(mesh, Reach.of(dataplane, traits), identified);
        Map<RouteBackendRef, Backend> backends = Destinations.backends(mesh, refs, identified);
        backends.replaceAll((ref, backend) -> OutsideDesk.callable(backend, state));
        Routing routing = new Routing(backends, routes);
        return new Sight(Views.proxy(state, dataplane, zone, traits, callable, routing), chosen, callable);
    }

    private static <S extends Spec> void collect(
            Selection<S> chosen, Set<RouteBackendRef> refs, List<Routing.Route> routes) {
        boolean selectable = chosen.module().type().name().equals(ToTargetRef.Kind.MESH_HTTP_ROUTE.text());
        for (Matched<S> each : chosen.matched()) {
            refs.addAll(chosen.module().backends(each.spec()));
            if (selectable) {
                Resource route = each.policy();
                routes.add(new Routing.Route(Kri.of(route), route.labels(), route.name()));
            }
        }
    }

    private <S extends Spec> Selection<S> choose(PolicyModule<S> module, EngineState state, Resource dataplane) {
        List<Resource> candidates =
                state.snapshot().mesh(dataplane.mesh()).policies(module.type().name(), dataplane);
        return new Selection<>(module, PolicyMatcher.match(module, candidates, dataplane, zone));
    }

    private static Map<ResourceKey, Boolean> called(MeshImage mesh, Destinations.Callable callable, Routing routing) {
        if (routing.backends().isEmpty()) {
            return callable.called();
        }
        Map<ResourceKey, Boolean> called = new TreeMap<>(callable.called());
        routing.backends()
                .values()
                .forEach(to -> mesh.get(to.service().type(), to.service().name()).stream()
                        .flatMap(service -> Backends.of(mesh, service).stream())
                        .forEach(service -> called.merge(service.key(), to.tls().isPresent(), (a, b) -> a && b)));
        return called;
    }

    private static Facts facts(ProxyView view, Map<ResourceKey, Boolean> called) {
        return new Facts(
                view.inbounds().stream().map(in -> in.inbound().port()).collect(Collectors.toSet()),
                view.inbounds().stream()
                        .findFirst()
                        .map(InboundView::acceptance)
                        .orElse(view.identity().isPresent() ? Acceptance.AS_POLICY : Acceptance.PLAINTEXT),
                view.identity().map(ProxyIdentity::secretName).orElse(""),
                called);
    }

    /// Whether a plan has to wait for the certificate that the proxy shall have and does not have yet: it serves or
    /// calls somebody with mutual TLS, so a configuration without would break what works.
    boolean awaitsCertificate(EngineState state, ResourceKey key, ProxyTraits traits) {
        if (state.grants().containsKey(key)) {
            return false;
        }
        MeshImage mesh = state.snapshot().mesh(key.mesh());
        return state.snapshot()
                .get(key)
                .filter(dataplane -> IdentityDesk.planned(mesh, dataplane, zone)
                        .filter(IdentityDesk::certified)
                        .isPresent())
                .filter(dataplane -> mesh.servicesOf(dataplane).stream().anyMatch(Views::tlsReady)
                        || destinations.anyTls(mesh, Reach.of(dataplane, traits))
                        || routedToTls(state, dataplane))
                .isPresent();
    }

    private boolean routedToTls(EngineState state, Resource dataplane) {
        Set<RouteBackendRef> refs = new LinkedHashSet<>();
        policies.forEach(module -> collect(choose(module, state, dataplane), refs, new ArrayList<>()));
        return Destinations.backends(state.snapshot().mesh(dataplane.mesh()), refs, true).values().stream()
                .anyMatch(backend -> backend.tls().isPresent());
    }

    /// What the proxy shall hold: the plan with the endpoints and secrets of the state.
    ProxyConfig config(EngineState state, ResourceKey key, CompiledProxy compiled) {
        return new ProxyConfig(
                state.generation(),
                compiled.clusters(),
                endpoints(state, compiled.endpointNames()),
                compiled.listeners(),
                compiled.routes(),
                secrets(state, key, compiled.secretNames()));
    }

    /// The endpoints of proxies that call the same services, in one state.
    private record Scope(PersistentMap<String, WireResource> endpoints, ResourceSet set) {}

    /// The scope that was asked for last: in a wave, most proxies ask for the same.
    private record Latest(SortedSet<String> names, Scope scope) {}

    /// Made once for all proxies of a scope: the compiler gives them one object for equal names.
    private ResourceSet endpoints(EngineState state, SortedSet<String> names) {
        Latest last = latest;
        if (last != null && last.names() == names && last.scope().endpoints() == state.endpoints()) {
            return last.scope().set();
        }
        Scope scope = scopes.get(names);
        if (scope == null || scope.endpoints() != state.endpoints()) {
            ResourceSet set = collect(state, names);
            scope = new Scope(state.endpoints(), scope != null && scope.set().equals(set) ? scope.set() : set);
            scopes.put(names, scope);
        }
        latest = new Latest(names, scope);
        return scope.set();
    }

    private ResourceSet collect(EngineState state, SortedSet<String> names) {
        List<WireResource> found = new ArrayList<>(names.size());
        for (String name : names) {
            WireResource ready = state.endpoints().get(name);
            found.add(ready == null ? compiler.endpoints(new EndpointGroup(name, List.of())) : ready);
        }
        return ResourceSet.of(found);
    }

    private static ResourceSet secrets(EngineState state, ResourceKey key, SortedSet<String> names) {
        if (names.isEmpty()) {
            return ResourceSet.EMPTY;
        }
        List<WireResource> found = new ArrayList<>(names.size());
        Optional<WireResource> own =
                Optional.ofNullable(state.grants().get(key)).map(EngineState.Grant::certificate);
        Optional<WireResource> bundle = Optional.ofNullable(state.bundles().get(key.mesh()));
        for (String name : names) {
            (name.equals(ProxyIdentity.TRUST_BUNDLE) ? bundle : own)
                    .filter(secret -> secret.name().equals(name))
                    .or(() -> Optional.ofNullable(state.outside().get(name)))
                    .ifPresent(found::add);
        }
        return ResourceSet.of(found);
    }

    /// How many plans were computed so far.
    long compilations() {
        return compilations.get();
    }

    Destinations destinations() {
        return destinations;
    }

    ProxyCompiler compiler() {
        return compiler;
    }

    String zone() {
        return zone;
    }
}
