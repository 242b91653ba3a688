package io.higuma.envoy.build;

import com.google.protobuf.BoolValue;
import io.envoyproxy.envoy.config.core.v3.TrafficDirection;
import io.envoyproxy.envoy.config.listener.v3.AdditionalAddress;
import io.envoyproxy.envoy.config.listener.v3.Filter;
import io.envoyproxy.envoy.config.listener.v3.FilterChain;
import io.envoyproxy.envoy.config.listener.v3.FilterChainMatch;
import io.envoyproxy.envoy.config.listener.v3.Listener;
import io.envoyproxy.envoy.config.listener.v3.ListenerFilter;
import io.envoyproxy.envoy.extensions.filters.listener.tls_inspector.v3.TlsInspector;
import io.envoyproxy.envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy;
import io.higuma.model.core.Protocol;
import io.higuma.policy.Destination;
import io.higuma.policy.HttpRoute;
import io.higuma.policy.Permissions;
import io.higuma.policy.TlsParameters;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// The listener of one inbound: the whole input of its message.
///
/// @param name of listener, route and local cluster
/// @param plaintext whether callers without TLS are served
/// @param mutualTls how callers with mutual TLS are served; empty if they are not
/// @param callers whether timeouts depend on the caller
public record InboundListener(
        String name,
        Place place,
        Protocol protocol,
        boolean plaintext,
        Optional<MutualTls> mutualTls,
        Optional<Duration> tcpIdle,
        Optional<Duration> requestHeaders,
        boolean callers) {

    private static final long TCP_IDLE_SECONDS = 7200;
    /// A client that waits for the server to speak first (SMTP, MySQL) says nothing that tells TLS
    /// from plaintext: after this long it counts as plaintext. The same in every mode, so that a
    /// change of mode is a change of filter chains only.
    private static final long SILENT_SECONDS = 2;

    /// Where a listener is.
    ///
    /// @param twins further addresses of the same listener
    /// @param bound whether it binds; if not, another listener hands over what the kernel redirected
    public record Place(String address, List<String> twins, int port, boolean bound, boolean reusePort) {

        public Place {
            twins = List.copyOf(twins);
        }

        /// @param reusePort whether listeners bind their port once per worker, where they bind
        public static Place of(Destination.Place place, boolean reusePort) {
            return new Place(place.address(), place.twins(), place.port(), place.bound(), reusePort && place.bound());
        }

        void write(Listener.Builder listener) {
            listener.setAddress(Protos.address(address, port));
            for (String twin : twins) {
                listener.addAdditionalAddresses(AdditionalAddress.newBuilder().setAddress(Protos.address(twin, port)));
            }
            if (bound) {
                listener.setEnableReusePort(BoolValue.of(reusePort));
            } else {
                listener.setBindToPort(BoolValue.of(false));
            }
        }
    }

    /// @param secretName of the proxy's certificate
    /// @param permissions of TCP inbounds; those of HTTP travel with the route
    public record MutualTls(String secretName, TlsParameters parameters, Optional<Permissions> permissions) {}

    /// The chain for mutual TLS is the same message whether plaintext is served beside it or not: a
    /// change between strict and permissive closes no connection that uses mutual TLS.
    public Listener build() {
        Listener.Builder listener = Listener.newBuilder()
                .setName(name)
                .setTrafficDirection(TrafficDirection.INBOUND)
                .setStatPrefix(name);
        place.write(listener);
        if (mutualTls.isPresent() || protocol.isHttp()) {
            listener.addListenerFilters(ListenerFilter.newBuilder()
                            .setName("envoy.filters.listener.tls_inspector")
                            .setTypedConfig(Protos.pack(TlsInspector.getDefaultInstance())))
                    .setListenerFiltersTimeout(Protos.seconds(SILENT_SECONDS))
                    .setContinueOnListenerFiltersTimeout(true);
        }
        mutualTls.ifPresent(tls -> listener.addFilterChains(FilterChain.newBuilder()
                .setName("mutual-tls")
                .setFilterChainMatch(FilterChainMatch.newBuilder()
                        .setTransportProtocol("tls")
                        .addApplicationProtocols(Tls.ALPN))
                .setTransportSocket(Tls.downstream(tls.secretName(), tls.parameters()))
                .addAllFilters(filters(tls.permissions(), true))));
        if (plaintext) {
            addPlaintext(listener);
        }
        return listener.build();
    }

    private void addPlaintext(Listener.Builder listener) {
        FilterChain.Builder plain = FilterChain.newBuilder().setName("plaintext");
        if (mutualTls.isPresent() || protocol.isHttp()) {
            plain.setFilterChainMatch(FilterChainMatch.newBuilder().setTransportProtocol("raw_buffer"));
        }
        listener.addFilterChains(plain.addAllFilters(filters(Optional.empty(), false)));
        if (mutualTls.isPresent() && !protocol.isHttp()) {
            listener.addFilterChains(FilterChain.newBuilder()
                    .setName("workload-tls")
                    .setFilterChainMatch(FilterChainMatch.newBuilder().setTransportProtocol("tls"))
                    .addAllFilters(filters(Optional.empty(), false)));
        }
    }

    private List<Filter> filters(Optional<Permissions> permissions, boolean authenticated) {
        List<Filter> filters = new ArrayList<>();
        if (protocol.isHttp()) {
            if (callers && authenticated) {
                filters.add(CallerState.filter());
            }
            filters.add(HttpListeners.filter(
                    new HttpListeners.Connections(name, name, protocol, true, authenticated, requestHeaders)));
            return filters;
        }
        permissions.ifPresent(rules -> filters.add(Rbac.networkFilter(name, rules)));
        filters.add(tcpProxy(name, name, tcpIdle.orElse(Duration.ofSeconds(TCP_IDLE_SECONDS))));
        return filters;
    }

    static Filter tcpProxy(String name, String cluster, Duration idle) {
        return tcpProxy(name, List.of(new HttpRoute.Share(cluster, 1)), idle);
    }

    /// @param shares of the connections, all of a positive weight
    static Filter tcpProxy(String statPrefix, List<HttpRoute.Share> shares, Duration idle) {
        TcpProxy.Builder proxy = TcpProxy.newBuilder().setStatPrefix(statPrefix).setIdleTimeout(Protos.duration(idle));
        if (shares.size() == 1) {
            proxy.setCluster(shares.getFirst().cluster());
        } else {
            TcpProxy.WeightedCluster.Builder clusters = TcpProxy.WeightedCluster.newBuilder();
            for (HttpRoute.Share share : Weights.fitting(shares)) {
                clusters.addClusters(TcpProxy.WeightedCluster.ClusterWeight.newBuilder()
                        .setName(share.cluster())
                        .setWeight((int) share.weight()));
            }
            proxy.setWeightedClusters(clusters);
        }
        return Filter.newBuilder()
                .setName("envoy.filters.network.tcp_proxy")
                .setTypedConfig(Protos.pack(proxy.build()))
                .build();
    }
}
