package io.higuma.envoy.build;

import com.google.protobuf.BoolValue;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.core.v3.BindConfig;
import io.envoyproxy.envoy.config.core.v3.SocketAddress;
import io.envoyproxy.envoy.config.core.v3.TrafficDirection;
import io.envoyproxy.envoy.config.listener.v3.FilterChain;
import io.envoyproxy.envoy.config.listener.v3.Listener;
import java.time.Duration;

/// Where redirected connections arrive (contract, data plane 4.6). What a listener of the mesh is for goes there by its
/// original destination; the rest goes on to where it was going, or nowhere.
///
/// @param inbound whether it is for connections to the workload
/// @param ipv6 the family
/// @param open whether what no listener is for may pass; if not, its connections are closed
public record Passthrough(boolean inbound, boolean ipv6, int port, boolean open) {

    /// The cluster of connections that go nowhere.
    public static final String NOWHERE = "self_transparentproxy_no_destination_inbound";

    /// Connections from here are the proxy's own and are not redirected again.
    static final String SOURCE_IPV4 = "127.0.0.6";

    private static final String SOURCE_IPV6 = "::6";
    private static final Duration IDLE = Duration.ofHours(2);
    private static final long CONNECT_SECONDS = 5;

    public String name() {
        return "self_transparentproxy_passthrough_" + (inbound ? "inbound" : "outbound") + "_ipv" + (ipv6 ? 6 : 4);
    }

    public Listener listener() {
        return Listener.newBuilder()
                .setName(name())
                .setStatPrefix(name())
                .setTrafficDirection(inbound ? TrafficDirection.INBOUND : TrafficDirection.OUTBOUND)
                .setAddress(Protos.address(ipv6 ? "::" : "0.0.0.0", port))
                .setUseOriginalDst(BoolValue.of(true))
                .addFilterChains(FilterChain.newBuilder()
                        .addFilters(InboundListener.tcpProxy(name(), open ? name() : NOWHERE, IDLE)))
                .build();
    }

    public Cluster cluster() {
        if (!open) {
            return Cluster.newBuilder()
                    .setName(NOWHERE)
                    .setType(Cluster.DiscoveryType.STATIC)
                    .setConnectTimeout(Protos.seconds(CONNECT_SECONDS))
                    .build();
        }
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
