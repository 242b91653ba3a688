package io.higuma.model.core;

import io.higuma.model.Spec;
import io.higuma.model.annotation.Default;
import io.higuma.model.annotation.Doc;
import io.higuma.model.annotation.JsonName;
import io.higuma.model.annotation.Required;
import io.higuma.model.annotation.ZeroOmitted;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// A proxy and the workload beside it (contract 1.5).
@Doc("A proxy and the workload beside it.")
public record DataplaneSpec(
        @Required @Doc("Addresses and ports of the proxy.") Networking networking) implements Spec {

    public record Networking(
            @Required @Doc("IP address or host name under which other proxies reach this one.")
            String address,

            @Doc("Envoy's admin interface.") Optional<Admin> admin,
            @Doc("What the workload serves.") List<Inbound> inbound,

            @Doc("What the workload calls, where ports are given by hand.")
            List<Outbound> outbound,

            @Doc("Marks the proxy of a gateway that is not ours.")
            Optional<Gateway> gateway,

            @Doc("Listeners of a zone proxy.") List<Listener> listeners,

            @Doc("Traffic is redirected to the proxy by the kernel.")
            Optional<TransparentProxying> transparentProxying) {

        public Networking {
            inbound = List.copyOf(inbound);
            outbound = List.copyOf(outbound);
            listeners = List.copyOf(listeners);
        }
    }

    public record Admin(
            @Doc("Port of Envoy's admin interface.") Optional<Integer> port) {}

    /// @param servicePort the workload's port; `port` when absent
    /// @param serviceAddress the workload's address; 127.0.0.1 when absent
    /// @param address the address the proxy listens on; `networking.address` when absent
    /// @param state [InboundState#READY] when absent
    public record Inbound(
            @Required @Doc("Port the proxy listens on.") int port,

            @Doc("Port the workload listens on; `port` when absent.")
            Optional<Integer> servicePort,

            @Doc("Address the workload listens on; 127.0.0.1 when absent.")
            Optional<String> serviceAddress,

            @Doc("Address the proxy listens on; `networking.address` when absent.")
            Optional<String> address,

            @Doc("Name of the inbound, for `sectionName`.") Optional<String> name,

            @Doc("What the workload speaks; tcp when absent.")
            Optional<Protocol> protocol,

            @Doc("Whether the workload is ready (older form of `state`).")
            Optional<Health> health,

            @ZeroOmitted @Doc("Whether the inbound takes part in load balancing.")
            Optional<InboundState> state,

            @Doc("How the proxy probes the workload.") Optional<ServiceProbe> serviceProbe) {

        /// The section name: `name`, else the port as text.
        public String section() {
            return name.filter(n -> !n.isEmpty()).orElseGet(() -> Integer.toString(port));
        }

        public int workloadPort() {
            return servicePort.filter(p -> p != 0).orElse(port);
        }

        public Protocol protocolOrTcp() {
            return protocol.orElse(Protocol.TCP);
        }

        /// The state, with the older `health.ready` heard where `state` is absent.
        public InboundState stateOrReady() {
            return state.orElseGet(
                    () -> health.map(Health::ready).orElse(true) ? InboundState.READY : InboundState.NOT_READY);
        }
    }

    public record Health(
            @Doc("Whether the workload is ready.") boolean ready) {}

    public enum InboundState {
        @JsonName("Ready")
        READY,
        @JsonName("NotReady")
        NOT_READY,
        @JsonName("Ignored")
        IGNORED
    }

    public record ServiceProbe(
            @Doc("Time between two probes.") Optional<java.time.Duration> interval,
            @Doc("Time a probe may take.") Optional<java.time.Duration> timeout,
            @Doc("Failures until not ready.") Optional<Integer> unhealthyThreshold,
            @Doc("Successes until ready.") Optional<Integer> healthyThreshold,
            @Doc("Probe by opening a TCP connection.") Optional<TcpProbe> tcp) {}

    public record TcpProbe() {}

    public record Outbound(
            @Doc("Address the proxy listens on; 127.0.0.1 when absent.")
            Optional<String> address,

            @Required @Doc("Port the proxy listens on.") int port,
            @Required @Doc("The service behind the port.") BackendRef backendRef) {

        public String addressOrLoopback() {
            return address.filter(a -> !a.isEmpty()).orElse("127.0.0.1");
        }
    }

    /// @param port port of the service; the only one of the service when absent
    public record BackendRef(
            @Required @Doc("MeshService, MeshExternalService or MeshMultiZoneService.")
            String kind,

            @Doc("Name of the service.") Optional<String> name,

            @Doc("Labels of the service, instead of its name.")
            Map<String, String> labels,

            @Doc("Port of the service.") Optional<Integer> port) {

        /// A thousand Dataplanes name the same hundred services: what they have in common is kept once.
        public BackendRef {
            kind = kind.intern();
            name = name.map(String::intern);
            labels = labels.isEmpty()
                    ? java.util.Collections.emptySortedMap()
                    : java.util.Collections.unmodifiableSortedMap(new TreeMap<>(labels));
        }
    }

    public record Gateway(
            @Doc("Tags of the gateway.") Map<String, String> tags,

            @ZeroOmitted @Doc("DELEGATED, the only kind.") @Default("DELEGATED")
            GatewayType type) {

        public Gateway {
            tags = java.util.Collections.unmodifiableSortedMap(new TreeMap<>(tags));
        }
    }

    public enum GatewayType {
        DELEGATED
    }

    public record Listener(
            @Required @Doc("ZoneIngress or ZoneEgress.") ListenerType type,
            @Required @Doc("Address the listener binds.") String address,

            @Required @Doc("Port the listener binds.") int port,

            @Doc("Name of the listener, for `sectionName`.") Optional<String> name,

            @ZeroOmitted @Doc("Ready or NotReady; Ready when absent.")
            Optional<ListenerState> state) {}

    public enum ListenerType {
        @JsonName("ZoneIngress")
        ZONE_INGRESS,
        @JsonName("ZoneEgress")
        ZONE_EGRESS
    }

    public enum ListenerState {
        @JsonName("Ready")
        READY,
        @JsonName("NotReady")
        NOT_READY
    }

    public record TransparentProxying(
            @Doc("Port that incoming traffic is redirected to.")
            Optional<Integer> redirectPortInbound,

            @Doc("Port that outgoing traffic is redirected to.")
            Optional<Integer> redirectPortOutbound,

            @Doc("Services that are called without load balancing, or `*`.")
            List<String> directAccessServices,

            @ZeroOmitted @Doc("IP families that are redirected.")
            Optional<IpFamilyMode> ipFamilyMode,

            @Doc("Limits what the proxy is told of; an empty list means nothing at all.")
            Optional<ReachableBackends> reachableBackends) {

        public TransparentProxying {
            directAccessServices = List.copyOf(directAccessServices);
        }
    }

    public enum IpFamilyMode {
        @JsonName("UnSpecified")
        UNSPECIFIED,
        @JsonName("DualStack")
        DUAL_STACK,
        @JsonName("IPv4")
        IPV4,
        @JsonName("IPv6")
        IPV6
    }

    public record ReachableBackends(
            @Doc("The backends that may be reached.") List<ReachableBackend> refs) {

        public ReachableBackends {
            refs = List.copyOf(refs);
        }
    }

    public record ReachableBackend(
            @Required @Doc("MeshService, MeshExternalService or MeshMultiZoneService.")
            String kind,

            @Doc("Name of the service.") Optional<String> name,
            @Doc("Kubernetes namespace of the service.") Optional<String> namespace,

            @Doc("Port of the service; all of them when absent.")
            Optional<Integer> port,

            @Doc("Labels of the service, instead of its name.")
            Map<String, String> labels) {

        public ReachableBackend {
            labels = java.util.Collections.unmodifiableSortedMap(new TreeMap<>(labels));
        }
    }
}
