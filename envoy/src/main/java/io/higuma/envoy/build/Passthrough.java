package io.higuma.envoy.build;

import com.google.protobuf.BoolValue;
import com.google.protobuf.UInt32Value;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.core.v3.BindConfig;
import io.envoyproxy.envoy.config.core.v3.CidrRange;
import io.envoyproxy.envoy.config.core.v3.SocketAddress;
import io.envoyproxy.envoy.config.core.v3.TrafficDirection;
import io.envoyproxy.envoy.config.listener.v3.FilterChain;
import io.envoyproxy.envoy.config.listener.v3.FilterChainMatch;
import io.envoyproxy.envoy.config.listener.v3.Listener;
import io.higuma.model.Cidr;
import io.higuma.model.VirtualAddresses;
import java.time.Duration;
import java.util.List;

/// Where redirected connections arrive (contract, data plane 4.6). What a listener of the mesh is for goes there by its
/// original destination; the rest goes on to where it was going, or nowhere.
///
/// @param inbound whether it is for connections to the workload
/// @param ipv6 the family
/// @param open whether what no listener is for may pass; if not, its connections are closed
/// @param closed ranges of virtual addresses: one that no listener is for belongs to no service that may be called, and
/// what is sent there must not leave the mesh
public record Passthrough(boolean inbound, boolean ipv6, int port, boolean open, List<Cidr> closed) {

    private static final int TWINS = 96;

    /// Connections from here are the proxy's own and are not redirected again.
    static final String SOURCE_IPV4 = "127.0.0.6";

    private static final String SOURCE_IPV6 = "::6";
    private static final Duration IDLE = Duration.ofHours(2);
    private static final long CONNECT_SECONDS = 5;

    public Passthrough {
        closed = List.copyOf(closed);
    }

    public String name() {
        return "self_transparentproxy_passthrough_" + (inbound ? "inbound" : "outbound") + "_ipv" + (ipv6 ? 6 : 4);
    }

    /// Name of the cluster of connections that go nowhere.
    public String nowhere() {
        return "self_transparentproxy_no_destination_" + (inbound ? "inbound" : "outbound");
    }

    /// Whether there are connections that go nowhere.
    public boolean closes() {
        return !open || !closed.isEmpty();
    }

    public Listener listener() {
        Listener.Builder listener = Listener.newBuilder()
                .setName(name())
                .setStatPrefix(name())
                .setTrafficDirection(inbound ? TrafficDirection.INBOUND : TrafficDirection.OUTBOUND)
                .setAddress(Protos.address(ipv6 ? "::" : "0.0.0.0", port))
                .setUseOriginalDst(BoolValue.of(true));
        if (open && !closed.isEmpty()) {
            FilterChainMatch.Builder ranges = FilterChainMatch.newBuilder();
            closed.forEach(range -> ranges.addPrefixRanges(range(range)));
            listener.addFilterChains(chain(nowhere()).setFilterChainMatch(ranges));
        }
        return listener.addFilterChains(chain(open ? name() : nowhere())).build();
    }

    private FilterChain.Builder chain(String cluster) {
        return FilterChain.newBuilder().addFilters(InboundListener.tcpProxy(name(), cluster, IDLE));
    }

    private CidrRange range(Cidr range) {
        return CidrRange.newBuilder()
                .setAddressPrefix(ipv6 ? VirtualAddresses.twin(range.network()).orElseThrow() : range.network())
                .setPrefixLen(UInt32Value.of(ipv6 ? TWINS + range.length() : range.length()))
                .build();
    }

    /// The cluster of what passes.
    public Cluster cluster() {
        Cluster.Builder cluster = Cluster.newBuilder()
                .setName(name())
                .setType(Cluster.DiscoveryType.ORIGINAL_DST)
                .setLbPolicy(Cluster.LbPolicy.CLUSTER_PROVIDED)
                .setConnectTimeout(Protos.seconds(CONNECT_SECONDS));
        if (inbound) {
            cluster.setUpstreamBindConfig(source(ipv6));
        }
        return cluster.build();
    }

    static BindConfig source(boolean ipv6) {
        return BindConfig.newBuilder()
                .setSourceAddress(SocketAddress.newBuilder()
                        .setAddress(ipv6 ? SOURCE_IPV6 : SOURCE_IPV4)
                        .setPortValue(0))
                .build();
    }
}
