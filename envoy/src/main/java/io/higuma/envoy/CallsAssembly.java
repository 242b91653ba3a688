package io.higuma.envoy;

import io.higuma.envoy.build.Clusters;
import io.higuma.envoy.build.InboundListener;
import io.higuma.envoy.build.OutboundListener;
import io.higuma.envoy.build.OutsideCluster;
import io.higuma.envoy.build.Routes;
import io.higuma.model.wire.ResourceSet;
import io.higuma.policy.Backend;
import io.higuma.policy.Calls;
import io.higuma.policy.Contribution;
import io.higuma.policy.Destination;
import io.higuma.policy.HttpRoute;
import io.higuma.policy.Outside;
import io.higuma.policy.ProxyIdentity;
import io.higuma.policy.Site;
import io.higuma.policy.Timeouts;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;

/// One compilation of all that is called: a listener for each place, a cluster for each thing that may answer, and
/// the routes between them.
final class CallsAssembly {

    private static final String NOWHERE = "no_backend";

    private final Calls calls;
    private final Contributions contributions;
    private final Assembly assembly;
    private final SortedSet<String> endpoints = new TreeSet<>();
    private final SortedSet<String> secrets = new TreeSet<>();
    private final Set<String> made = new HashSet<>();
    private final Map<String, Integer> listeners = new HashMap<>();

    CallsAssembly(Calls calls, Assembly assembly) {
        this.calls = calls;
        this.contributions = assembly.contributions();
        this.assembly = assembly;
    }

    void destination(Destination destination) {
        String cluster = destination.clusterName();
        Site site = new Site.OfOutbound(cluster);
        assembly.blaming(site, () -> outbound(destination, cluster, site));
    }

    private void outbound(Destination destination, String cluster, Site site) {
        Optional<Contribution.HttpRoutes> routed = contributions.httpRoutes(site);
        Optional<Contribution.TcpRoute> tcp = routed.isPresent() ? Optional.empty() : contributions.tcpRoute(site);
        boolean http = routed.isPresent() || (destination.target().protocol().isHttp() && tcp.isEmpty());
        Timeouts timeouts = contributions.timeouts(site);
        boolean first = listeners.merge(cluster, 1, Integer::sum) == 1;
        String name = first ? cluster : cluster + "@" + destination.address() + ":" + destination.port();
        assembly.claim(destination.address(), destination.port(), name);
        assembly.note(cluster, site);

        OutboundListener listener = new OutboundListener(
                name,
                InboundListener.Place.of(destination.place(), calls.reusePort()),
                cluster,
                destination.target().protocol(),
                http ? List.of() : connections(cluster, tcp),
                http ? Optional.empty() : timeouts.idle(),
                http ? timeouts.requestHeaders() : Optional.empty());
        assembly.listener(name, listener, OutboundListener::build);
        if (!first) {
            return;
        }
        if (http) {
            Routes.Outbound route = new Routes.Outbound(
                    cluster,
                    cluster,
                    destination.outside().isPresent(),
                    Routes.RouteTimeouts.of(timeouts),
                    rules(cluster, routed, outsides(destination, routed)));
            assembly.route(cluster, route, Routes.Outbound::build);
        }
        cluster(destination.backend());
        routed.ifPresent(more -> more.backends().forEach(this::cluster));
        tcp.ifPresent(more -> more.backends().forEach(this::cluster));
    }

    /// The clusters of services outside of the mesh that requests to a destination may go to.
    private static Set<String> outsides(Destination destination, Optional<Contribution.HttpRoutes> routed) {
        Set<String> found = new HashSet<>();
        destination.outside().ifPresent(place -> found.add(destination.clusterName()));
        routed.ifPresent(more -> more.backends().stream()
                .filter(backend -> backend.outside().isPresent())
                .forEach(backend -> found.add(backend.clusterName())));
        return found;
    }

    private List<Routes.Rule> rules(String cluster, Optional<Contribution.HttpRoutes> routed, Set<String> outsides) {
        List<Routes.Rule> rules = new ArrayList<>();
        for (HttpRoute route : routed.map(Contribution.HttpRoutes::routes).orElse(List.of())) {
            boolean outside = route.action() instanceof HttpRoute.Action.Forward forward
                    && forward.shares().stream().anyMatch(share -> outsides.contains(share.cluster()));
            rules.add(new Routes.Rule(route, outside, Routes.RouteTimeouts.of(contributions.routeTimeouts(route))));
            for (String origin : route.origins()) {
                assembly.note(cluster, new Site.OfRoute(origin));
            }
        }
        return rules;
    }

    /// Where the connections to a destination go; the share that is lost goes to a cluster
    /// without members.
    private List<HttpRoute.Share> connections(String cluster, Optional<Contribution.TcpRoute> tcp) {
        if (tcp.isEmpty()) {
            return List.of(new HttpRoute.Share(cluster, 1));
        }
        List<HttpRoute.Share> shares = new ArrayList<>(
                tcp.get().shares().stream().filter(share -> share.weight() > 0).toList());
        long lost = tcp.get().lost().weight();
        if (lost > 0) {
            shares.add(new HttpRoute.Share(NOWHERE, lost));
            if (made.add(NOWHERE)) {
                assembly.cluster(NOWHERE, new Clusters.Nowhere(NOWHERE), Clusters.Nowhere::build);
            }
        }
        return shares;
    }

    /// The cluster of something that is called, once however many destinations and routes
    /// lead to it.
    private void cluster(Backend backend) {
        String cluster = backend.clusterName();
        if (!made.add(cluster)) {
            return;
        }
        Site site = new Site.OfOutbound(cluster);
        if (backend.outside().isPresent()) {
            outside(backend, backend.outside().get());
            return;
        }
        Clusters.Remote remote = new Clusters.Remote(
                cluster,
                backend.target().protocol(),
                Clusters.ClusterTimeouts.of(contributions.timeouts(site)),
                clientTls(backend, site));
        assembly.cluster(cluster, remote, Clusters.Remote::build);
        endpoints.add(cluster);
    }

    /// A service outside of the mesh: its endpoints are part of the cluster. Without the authorities of the
    /// host nobody could say who answers, so that nobody does.
    private void outside(Backend backend, Outside place) {
        Optional<String> authorities = calls.systemCaPath();
        Outside called = place.trustsSystem() && authorities.isEmpty() ? Outside.NOBODY : place;
        String cluster = backend.clusterName();
        OutsideCluster outside = new OutsideCluster(
                cluster,
                backend.target().protocol(),
                Clusters.ClusterTimeouts.of(contributions.timeouts(new Site.OfOutbound(cluster))),
                called,
                calls.ipv6(),
                called.trustsSystem() ? authorities : Optional.empty());
        assembly.cluster(cluster, outside, OutsideCluster::build);
        secrets.addAll(called.secrets());
    }

    private Optional<Clusters.ClientTls> clientTls(Backend destination, Site site) {
        if (destination.tls().filter(tls -> tls.spiffeIds().isEmpty()).isPresent()) {
            throw new CompileException(
                    destination.service().toString(),
                    "nobody is named who may answer for it, and without a name anybody of the mesh could");
        }
        return calls.certificate()
                .flatMap(certificate -> destination
                        .tls()
                        .map(tls -> new Clusters.ClientTls(certificate, tls, contributions.upstreamParameters(site))));
    }

    CompiledCalls finish(Canon<ResourceSet> sets, Canon<SortedSet<String>> names) {
        calls.certificate().ifPresent(certificate -> {
            secrets.add(certificate);
            secrets.add(ProxyIdentity.TRUST_BUNDLE);
        });
        CompiledCalls compiled = new CompiledCalls(
                sets.of(assembly.on(ResourceSet.EMPTY, assembly.clusters())),
                sets.of(assembly.on(ResourceSet.EMPTY, assembly.listeners())),
                sets.of(assembly.on(ResourceSet.EMPTY, assembly.routes())),
                names.of(endpoints),
                names.of(secrets),
                new Origins(List.of(), assembly.origins()),
                assembly.places());
        for (ResourceSet part : List.of(compiled.listeners(), compiled.routes(), compiled.clusters())) {
            assembly.whole(compiled, part.own());
        }
        return compiled;
    }
}
