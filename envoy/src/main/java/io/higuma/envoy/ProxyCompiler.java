package io.higuma.envoy;

import io.higuma.envoy.build.AdminListener;
import io.higuma.envoy.build.AgentListener;
import io.higuma.envoy.build.Clusters;
import io.higuma.envoy.build.DnsListener;
import io.higuma.envoy.build.Endpoints;
import io.higuma.envoy.build.InboundListener;
import io.higuma.envoy.build.OutboundListener;
import io.higuma.envoy.build.OutsideCluster;
import io.higuma.envoy.build.Passthrough;
import io.higuma.envoy.build.Routes;
import io.higuma.envoy.build.Secrets;
import io.higuma.model.core.DataplaneSpec;
import io.higuma.model.core.Protocol;
import io.higuma.model.wire.Bytes;
import io.higuma.model.wire.ResourceSet;
import io.higuma.model.wire.TypeUrl;
import io.higuma.model.wire.WireResource;
import io.higuma.policy.Backend;
import io.higuma.policy.Capture;
import io.higuma.policy.Contribution;
import io.higuma.policy.Destination;
import io.higuma.policy.HttpRoute;
import io.higuma.policy.InboundView;
import io.higuma.policy.InboundView.Acceptance;
import io.higuma.policy.Outside;
import io.higuma.policy.Permissions;
import io.higuma.policy.ProxyIdentity;
import io.higuma.policy.ProxyView;
import io.higuma.policy.Site;
import io.higuma.policy.Timeouts;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeSet;

/// The one compiler: from what a proxy is and what policies want of it to Envoy's
/// configuration. Pure but for the interner, so that explain, what-if and inspect run the same
/// code on a question.
public final class ProxyCompiler {

    private static final String REUSE_PORT = "feature-reuse-port";
    private static final String NOWHERE = "no_backend";
    private static final String STRICT_INBOUND_PORTS = "feature-strict-inbound-ports";
    /// Ours: nobody is beside Envoy who would serve names.
    private static final String NO_AGENT = "feature-no-agent";

    private final Interner interner;
    /// Proxies that want the same share one set, so that sets are compared by reference.
    private final Canon<ResourceSet> sets = new Canon<>();
    private final Canon<SortedSet<String>> names = new Canon<>();

    public ProxyCompiler(Interner interner) {
        this.interner = interner;
    }

    /// @param contributions of all policies that select the proxy
    /// @throws CompileException if there is no valid configuration; its origin says what to mend
    public CompiledProxy compile(ProxyView view, List<Contribution> contributions) {
        Assembly assembly = new Assembly(view, Contributions.of(contributions));
        assembly.admin();
        view.inbounds()
                .forEach(inbound -> assembly.blaming(
                        new Site.OfInbound(inbound.inbound().section()), () -> assembly.inbound(inbound)));
        view.destinations()
                .forEach(destination -> assembly.blaming(
                        new Site.OfOutbound(destination.clusterName()), () -> assembly.outbound(destination)));
        view.capture().ifPresent(assembly::capture);
        return assembly.finish();
    }

    /// The members of one cluster, encoded.
    public WireResource endpoints(EndpointGroup group) {
        return interner.intern(TypeUrl.ENDPOINT, group.clusterName(), group, Endpoints::build);
    }

    /// A proxy's certificate, encoded. Never shared, so never interned.
    public WireResource certificate(String name, Bytes chain, Bytes key) {
        return WireResource.of(TypeUrl.SECRET, name, Interner.encode(Secrets.certificate(name, chain, key)));
    }

    /// An authority that signs for a server outside of the mesh, encoded.
    public WireResource authority(String name, Bytes pem) {
        return WireResource.of(TypeUrl.SECRET, name, Interner.encode(Secrets.authority(name, pem)));
    }

    /// The trust bundles of a mesh, encoded.
    public WireResource trustBundle(SortedMap<String, Bytes> bundles) {
        return interner.intern(
                TypeUrl.SECRET,
                ProxyIdentity.TRUST_BUNDLE,
                bundles,
                map -> Secrets.trustBundle(ProxyIdentity.TRUST_BUNDLE, map));
    }

    /// How many distinct resources are held.
    public int interned() {
        return interner.size();
    }

    /// One compilation.
    private final class Assembly {
        private final ProxyView view;
        private final Contributions contributions;
        private final boolean reusePort;
        private final List<WireResource> clusters = new ArrayList<>();
        private final List<WireResource> listeners = new ArrayList<>();
        private final List<WireResource> routes = new ArrayList<>();
        private final SortedSet<String> endpoints = new TreeSet<>();
        private final SortedSet<String> secrets = new TreeSet<>();
        private final Set<String> made = new HashSet<>();
        private final Map<String, String> places = new HashMap<>();
        private final Optional<Capture> capture;
        private boolean plaintext;
        private final Map<String, Integer> outboundNames = new HashMap<>();
        private final List<CompiledProxy.Origin> origins = new ArrayList<>();

        Assembly(ProxyView view, Contributions contributions) {
            this.view = view;
            this.contributions = contributions;
            this.capture = view.capture();
            this.reusePort = view.traits().has(REUSE_PORT);
        }

        void admin() {
            int port = view.traits().admin().port();
            String address = view.networking().address();
            boolean isAdminItself = view.traits().admin().socketPath().isEmpty()
                    && address.equals(view.traits().admin().address());
            if (port == 0 || isAdminItself) {
                return;
            }
            AdminListener admin = new AdminListener(address, port, AdminListener.target(view.traits()));
            claim(address, port, AdminListener.NAME);
            listeners.add(interner.intern(TypeUrl.LISTENER, AdminListener.NAME, admin, AdminListener::listener));
            clusters.add(
                    interner.intern(TypeUrl.CLUSTER, AdminListener.READINESS_CLUSTER, admin, AdminListener::cluster));
        }

        void inbound(InboundView inbound) {
            DataplaneSpec.Inbound spec = inbound.inbound();
            String name = inbound.listenerName();
            Site site = new Site.OfInbound(spec.section());
            Protocol protocol = spec.protocolOrTcp();
            Timeouts timeouts = contributions.timeouts(site);
            List<Contribution.CallerTimeout> callers = contributions.callers(site);
            Optional<InboundListener.MutualTls> tls = mutualTls(inbound, site, protocol);
            claim(inbound.address(), spec.port(), name);
            note(name, site);

            plaintext |= servesPlaintext(inbound, site);
            String workload = spec.serviceAddress().filter(a -> !a.isEmpty()).orElse("127.0.0.1");
            InboundListener listener = new InboundListener(
                    name,
                    place(new Destination.Place(inbound.address(), List.of(), spec.port(), !isCaptured())),
                    protocol,
                    servesPlaintext(inbound, site),
                    tls,
                    protocol.isHttp() ? Optional.empty() : timeouts.idle(),
                    protocol.isHttp() ? timeouts.requestHeaders() : Optional.empty(),
                    !callers.isEmpty());
            listeners.add(interner.intern(TypeUrl.LISTENER, name, listener, InboundListener::build));
            if (protocol.isHttp()) {
                Routes.Inbound route = new Routes.Inbound(
                        name,
                        Routes.RouteTimeouts.of(timeouts),
                        callers,
                        tls.isPresent() ? Optional.of(contributions.permissions(site)) : Optional.empty());
                routes.add(interner.intern(TypeUrl.ROUTE, name, route, Routes.Inbound::build));
            }
            Clusters.Local cluster = new Clusters.Local(
                    name,
                    workload,
                    spec.workloadPort(),
                    protocol,
                    Clusters.ClusterTimeouts.of(timeouts),
                    isCaptured() && !workload.startsWith("127.") && !workload.equals("::1"));
            clusters.add(interner.intern(TypeUrl.CLUSTER, name, cluster, Clusters.Local::build));
        }

        private boolean isCaptured() {
            return capture.filter(found -> found.inboundPort() > 0).isPresent();
        }

        /// Where redirected traffic arrives, and answers for the names of the mesh.
        void capture(Capture found) {
            boolean strict =
                    view.traits().has(STRICT_INBOUND_PORTS) && view.identity().isPresent() && !plaintext;
            for (boolean ipv6 : found.ipv6() ? new boolean[] {false, true} : new boolean[] {false}) {
                passthrough(new Passthrough(false, ipv6, found.outboundPort(), true));
                if (found.inboundPort() > 0) {
                    passthrough(new Passthrough(true, ipv6, found.inboundPort(), !strict));
                }
            }
            if (found.dnsPort() == 0) {
                return;
            }
            if (view.traits().has(NO_AGENT)) {
                DnsListener dns = new DnsListener(found.dnsPort(), found.ipv6(), view.names());
                listeners.add(interner.intern(TypeUrl.LISTENER, DnsListener.NAME, dns, DnsListener::build));
            } else {
                view.traits().workDir().ifPresent(folder -> {
                    AgentListener agent = new AgentListener(folder, view.names());
                    listeners.add(interner.intern(TypeUrl.LISTENER, AgentListener.NAME, agent, AgentListener::build));
                });
            }
        }

        private void passthrough(Passthrough passthrough) {
            String name = passthrough.name();
            claim(passthrough.ipv6() ? "::" : "0.0.0.0", passthrough.port(), name);
            listeners.add(interner.intern(TypeUrl.LISTENER, name, passthrough, Passthrough::listener));
            String cluster = passthrough.open() ? name : Passthrough.NOWHERE;
            if (clusters.stream().noneMatch(known -> known.name().equals(cluster))) {
                clusters.add(interner.intern(TypeUrl.CLUSTER, cluster, passthrough, Passthrough::cluster));
            }
        }

        private Optional<InboundListener.MutualTls> mutualTls(InboundView inbound, Site site, Protocol protocol) {
            if (view.identity().isEmpty() || inbound.acceptance() == Acceptance.PLAINTEXT) {
                return Optional.empty();
            }
            Optional<Permissions> permissions =
                    protocol.isHttp() ? Optional.empty() : Optional.of(contributions.permissions(site));
            return Optional.of(new InboundListener.MutualTls(
                    view.identity().get().secretName(), contributions.inboundParameters(site), permissions));
        }

        private boolean servesPlaintext(InboundView inbound, Site site) {
            return switch (inbound.acceptance()) {
                case PLAINTEXT, BOTH -> true;
                case AS_POLICY -> view.identity().isEmpty() || contributions.isPermissive(site);
            };
        }

        void outbound(Destination destination) {
            String cluster = destination.clusterName();
            Site site = new Site.OfOutbound(cluster);
            Optional<Contribution.HttpRoutes> routed = contributions.httpRoutes(site);
            Optional<Contribution.TcpRoute> tcp = routed.isPresent() ? Optional.empty() : contributions.tcpRoute(site);
            boolean http =
                    routed.isPresent() || (destination.target().protocol().isHttp() && tcp.isEmpty());
            Timeouts timeouts = contributions.timeouts(site);
            boolean first = outboundNames.merge(cluster, 1, Integer::sum) == 1;
            String name = first ? cluster : cluster + "@" + destination.address() + ":" + destination.port();
            claim(destination.address(), destination.port(), name);
            note(cluster, site);

            OutboundListener listener = new OutboundListener(
                    name,
                    place(destination.place()),
                    cluster,
                    destination.target().protocol(),
                    http ? List.of() : connections(cluster, tcp),
                    http ? Optional.empty() : timeouts.idle(),
                    http ? timeouts.requestHeaders() : Optional.empty());
            listeners.add(interner.intern(TypeUrl.LISTENER, name, listener, OutboundListener::build));
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
                routes.add(interner.intern(TypeUrl.ROUTE, cluster, route, Routes.Outbound::build));
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

        private List<Routes.Rule> rules(
                String cluster, Optional<Contribution.HttpRoutes> routed, Set<String> outsides) {
            List<Routes.Rule> rules = new ArrayList<>();
            for (HttpRoute route : routed.map(Contribution.HttpRoutes::routes).orElse(List.of())) {
                boolean outside = route.action() instanceof HttpRoute.Action.Forward forward
                        && forward.shares().stream().anyMatch(share -> outsides.contains(share.cluster()));
                rules.add(new Routes.Rule(route, outside, Routes.RouteTimeouts.of(contributions.routeTimeouts(route))));
                for (String origin : route.origins()) {
                    note(cluster, new Site.OfRoute(origin));
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
            List<HttpRoute.Share> shares = new ArrayList<>(tcp.get().shares().stream()
                    .filter(share -> share.weight() > 0)
                    .toList());
            long lost = tcp.get().lost().weight();
            if (lost > 0) {
                shares.add(new HttpRoute.Share(NOWHERE, lost));
                if (made.add(NOWHERE)) {
                    clusters.add(interner.intern(
                            TypeUrl.CLUSTER, NOWHERE, new Clusters.Nowhere(NOWHERE), Clusters.Nowhere::build));
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
            clusters.add(interner.intern(TypeUrl.CLUSTER, cluster, remote, Clusters.Remote::build));
            endpoints.add(cluster);
        }

        /// A service outside of the mesh: its endpoints are part of the cluster. Without the authorities of the
        /// host nobody could say who answers, so that nobody does.
        private void outside(Backend backend, Outside place) {
            Optional<String> authorities = view.traits().systemCaPath();
            Outside called = place.trustsSystem() && authorities.isEmpty() ? Outside.NOBODY : place;
            String cluster = backend.clusterName();
            OutsideCluster made = new OutsideCluster(
                    cluster,
                    backend.target().protocol(),
                    Clusters.ClusterTimeouts.of(contributions.timeouts(new Site.OfOutbound(cluster))),
                    called,
                    view.traits().ipv6(),
                    called.trustsSystem() ? authorities : Optional.empty());
            clusters.add(interner.intern(TypeUrl.CLUSTER, cluster, made, OutsideCluster::build));
            secrets.addAll(called.secrets());
        }

        private InboundListener.Place place(Destination.Place place) {
            return new InboundListener.Place(
                    place.address(), place.twins(), place.port(), place.bound(), reusePort && place.bound());
        }

        private Optional<Clusters.ClientTls> clientTls(Backend destination, Site site) {
            if (destination.tls().filter(tls -> tls.spiffeIds().isEmpty()).isPresent()) {
                throw new CompileException(
                        destination.service().toString(),
                        "nobody is named who may answer for it, and without a name anybody of the mesh could");
            }
            return view.identity()
                    .flatMap(identity -> destination
                            .tls()
                            .map(tls -> new Clusters.ClientTls(
                                    identity.secretName(), tls, contributions.upstreamParameters(site))));
        }

        /// Two listeners on one place would make Envoy refuse the second, whichever comes later.
        private void claim(String address, int port, String listener) {
            String other = places.putIfAbsent(address + ":" + port, listener);
            if (other != null) {
                throw new CompileException(
                        view.key().toString(),
                        "listeners " + other + " and " + listener + " both want " + address + ":" + port
                                + "; give one of them another port");
            }
        }

        /// What cannot be made for a site is laid to the policies that speak of it.
        void blaming(Site site, Runnable part) {
            try {
                part.run();
            } catch (CompileException e) {
                throw e.under(contributions.origins(site));
            }
        }

        private void note(String resource, Site site) {
            contributions.origins(site).forEach(origin -> origins.add(new CompiledProxy.Origin(resource, origin)));
        }

        CompiledProxy finish() {
            view.identity().ifPresent(identity -> {
                secrets.add(identity.secretName());
                secrets.add(ProxyIdentity.TRUST_BUNDLE);
            });
            CompiledProxy made = new CompiledProxy(
                    sets.of(set(clusters)),
                    sets.of(set(listeners)),
                    sets.of(set(routes)),
                    names.of(endpoints),
                    names.of(secrets),
                    List.copyOf(origins));
            Coherence.looseEnd(made).ifPresent(end -> {
                throw new CompileException(
                        view.key().toString(),
                        end.sentence(),
                        made.policies(end.resource().name()));
            });
            return made;
        }

        private ResourceSet set(List<WireResource> resources) {
            try {
                return ResourceSet.of(resources);
            } catch (IllegalArgumentException e) {
                throw new CompileException(view.key().toString(), String.valueOf(e.getMessage()));
            }
        }
    }
}
