package io.higuma.envoy.build;

import io.envoyproxy.envoy.config.core.v3.TrafficDirection;
import io.envoyproxy.envoy.config.listener.v3.FilterChain;
import io.envoyproxy.envoy.config.listener.v3.Listener;
import io.higuma.model.core.Protocol;
import io.higuma.policy.HttpRoute;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// The listener through which a workload calls a destination: the whole input of its message.
///
/// @param cluster name of cluster and route
/// @param shares where connections go; empty if requests are routed
public record OutboundListener(
        String name,
        InboundListener.Place place,
        String cluster,
        Protocol protocol,
        List<HttpRoute.Share> shares,
        Optional<Duration> tcpIdle,
        Optional<Duration> requestHeaders) {

    private static final Duration TCP_IDLE = Duration.ofHours(1);

    public OutboundListener {
        shares = List.copyOf(shares);
    }

    public Listener build() {
        FilterChain.Builder chain = FilterChain.newBuilder();
        if (shares.isEmpty()) {
            chain.addFilters(HttpListeners.filter(
                    new HttpListeners.Connections(name, cluster, protocol, false, false, requestHeaders)));
        } else {
            chain.addFilters(InboundListener.tcpProxy(name, shares, tcpIdle.orElse(TCP_IDLE)));
        }
        Listener.Builder listener = Listener.newBuilder()
                .setName(name)
                .setTrafficDirection(TrafficDirection.OUTBOUND)
                .setStatPrefix(name)
                .addFilterChains(chain);
        place.write(listener);
        return listener.build();
    }
}
