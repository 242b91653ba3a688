package io.higuma.envoy;

import io.higuma.envoy.build.AdminListener;
import io.higuma.envoy.build.AgentListener;
import io.higuma.envoy.build.Clusters;
import io.higuma.envoy.build.DnsListener;
import io.higuma.envoy.build.InboundListener;
import io.higuma.envoy.build.Passthrough;
import io.higuma.envoy.build.Routes;
import io.higuma.model.Cidr;
import io.higuma.model.core.DataplaneSpec;
import io.higuma.model.core.Protocol;
import io.higuma.model.wire.ResourceSet;
import io.higuma.policy.Capture;
import io.higuma.policy.Contribution;
import io.higuma.policy.Destination;
import io.higuma.policy.InboundView;
import io.higuma.policy.InboundView.Acceptance;
import io.higuma.policy.Permissions;
import io.higuma.policy.ProxyView;
import io.higuma.policy.Site;
import io.higuma.policy.Timeouts;
import java.util.List;
import java.util.Optional;

/// One compilation of what is a proxy's own: its admin listener, what it serves, and where redirected traffic arrives.
final class ProxyAssembly {

    private static final String STRICT_INBOUND_PORTS = "feature-strict-inbound-ports";
    /// Ours: nobody is beside Envoy who would serve names.
    private static final String NO_AGENT = "feature-no-agent";

    private final ProxyView view;
    private final Contributions contributions;
    private final Assembly assembly;
    private final CompiledCalls calls;
    private final Optional<Capture> capture;
    private final List<Cidr> virtual;
    private boolean plaintext;

    /// @param virtual the ranges that virtual addresses are taken from
    ProxyAssembly(ProxyView view, Assembly assembly, CompiledCalls calls, List<Cidr> virtual) {
        this.view = view;
        this.contributions = assembly.contributions();
        this.assembly = assembly;
        this.calls = calls;
        this.capture = view.capture();
        this.virtual = virtual;
    }

    void all() {
        admin();
        for (InboundView inbound : view.inbounds()) {
            Site site = new Site.OfInbound(inbound.inbound().section());
            assembly.blaming(site, () -> inbound(inbound));
        }
        capture.ifPresent(this::capture);
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
        assembly.claim(address, port, AdminListener.NAME);
        assembly.listener(AdminListener.NAME, admin, AdminListener::listener);
        assembly.cluster(AdminListener.READINESS_CLUSTER, admin, AdminListener::cluster);
    }

    void inbound(InboundView inbound) {
        DataplaneSpec.Inbound spec = inbound.inbound();
        String name = inbound.listenerName();
        Site site = new Site.OfInbound(spec.section());
        Protocol protocol = spec.protocolOrTcp();
        Timeouts timeouts = contributions.timeouts(site);
        List<Contribution.CallerTimeout> callers = contributions.callers(site);
        Optional<InboundListener.MutualTls> tls = mutualTls(inbound, site, protocol);
        assembly.claim(inbound.address(), spec.port(), name);
        assembly.note(name, site);

        plaintext |= servesPlaintext(inbound, site);
        String workload = spec.serviceAddress().filter(a -> !a.isEmpty()).orElse("127.0.0.1");
        InboundListener listener = new InboundListener(
                name,
                InboundListener.Place.of(
                        new Destination.Place(inbound.address(), List.of(), spec.port(), !isCaptured()),
                        view.calls().reusePort()),
                protocol,
                servesPlaintext(inbound, site),
                tls,
                protocol.isHttp() ? Optional.empty() : timeouts.idle(),
                protocol.isHttp() ? timeouts.requestHeaders() : Optional.empty(),
                !callers.isEmpty());
        assembly.listener(name, listener, InboundListener::build);
        if (protocol.isHttp()) {
            Routes.Inbound route = new Routes.Inbound(
                    name,
                    Routes.RouteTimeouts.of(timeouts),
                    callers,
                    tls.isPresent() ? Optional.of(contributions.permissions(site)) : Optional.empty());
            assembly.route(name, route, Routes.Inbound::build);
        }
        Clusters.Local cluster = new Clusters.Local(
                name,
                workload,
                spec.workloadPort(),
                protocol,
                Clusters.ClusterTimeouts.of(timeouts),
                isCaptured() && !workload.startsWith("127.") && !workload.equals("::1"));
        assembly.cluster(name, cluster, Clusters.Local::build);
    }

    private boolean isCaptured() {
        return capture.filter(found -> found.inboundPort() > 0).isPresent();
    }

    /// Where redirected traffic arrives, and answers for the names of the mesh.
    void capture(Capture found) {
        boolean strict =
                view.traits().has(STRICT_INBOUND_PORTS) && view.identity().isPresent() && !plaintext;
        for (boolean ipv6 : found.ipv6() ? new boolean[] {false, true} : new boolean[] {false}) {
            passthrough(new Passthrough(false, ipv6, found.outboundPort(), true, virtual));
            if (found.inboundPort() > 0) {
                passthrough(new Passthrough(true, ipv6, found.inboundPort(), !strict, List.of()));
            }
        }
        if (found.dnsPort() == 0) {
            return;
        }
        if (view.traits().has(NO_AGENT)) {
            DnsListener dns = new DnsListener(found.dnsPort(), found.ipv6(), view.names());
            assembly.listener(DnsListener.NAME, dns, DnsListener::build);
        } else {
            view.traits().workDir().ifPresent(folder -> {
                AgentListener agent = new AgentListener(folder, view.names());
                assembly.listener(AgentListener.NAME, agent, AgentListener::build);
            });
        }
    }

    private void passthrough(Passthrough passthrough) {
        String name = passthrough.name();
        assembly.claim(passthrough.ipv6() ? "::" : "0.0.0.0", passthrough.port(), name);
        assembly.listener(name, passthrough, Passthrough::listener);
        if (passthrough.open()) {
            assembly.cluster(name, passthrough, Passthrough::cluster);
        }
        if (passthrough.closes() && !assembly.hasCluster(passthrough.nowhere())) {
            Clusters.Nowhere nowhere = new Clusters.Nowhere(passthrough.nowhere());
            assembly.cluster(nowhere.name(), nowhere, Clusters.Nowhere::build);
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

    CompiledProxy finish(Canon<ResourceSet> sets) {
        CompiledProxy compiled = new CompiledProxy(
                sets.of(assembly.on(calls.clusters(), assembly.clusters())),
                sets.of(assembly.on(calls.listeners(), assembly.listeners())),
                sets.of(assembly.on(calls.routes(), assembly.routes())),
                new Origins(assembly.origins(), calls.origins().shared()),
                calls);
        assembly.whole(compiled, assembly.listeners());
        assembly.whole(compiled, assembly.routes());
        assembly.whole(compiled, assembly.clusters());
        return compiled;
    }
}
