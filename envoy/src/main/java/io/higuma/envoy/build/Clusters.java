package io.higuma.envoy.build;

import io.envoyproxy.envoy.config.cluster.v3.CircuitBreakers;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.core.v3.Http1ProtocolOptions;
import io.envoyproxy.envoy.config.core.v3.Http2ProtocolOptions;
import io.envoyproxy.envoy.config.endpoint.v3.ClusterLoadAssignment;
import io.envoyproxy.envoy.config.endpoint.v3.Endpoint;
import io.envoyproxy.envoy.config.endpoint.v3.LbEndpoint;
import io.envoyproxy.envoy.config.endpoint.v3.LocalityLbEndpoints;
import io.envoyproxy.envoy.extensions.upstreams.http.v3.HttpProtocolOptions;
import io.higuma.model.core.Protocol;
import io.higuma.policy.Destination;
import io.higuma.policy.Timeouts;
import io.higuma.policy.TlsParameters;
import java.time.Duration;
import java.util.Optional;

/// Clusters: the whole input of each message.
public final class Clusters {

    static final Duration REMOTE_CONNECT = Duration.ofSeconds(5);
    static final Duration REMOTE_IDLE = Duration.ofHours(1);
    /// Retries at one time. Envoy's own 3 is too few when an instance dies with many requests under way; as many as
    /// it lets requests run are never too few.
    static final int RETRIES = 1024;
    private static final Duration LOCAL_CONNECT = Duration.ofSeconds(10);
    private static final Duration LOCAL_IDLE = Duration.ofHours(2);
    static final String HTTP_OPTIONS = "envoy.extensions.upstreams.http.v3.HttpProtocolOptions";

    private Clusters() {}

    /// The timeouts that live in a cluster.
    public record ClusterTimeouts(
            Optional<Duration> connect, Optional<Duration> idle, Optional<Duration> maxConnection) {

        public static ClusterTimeouts of(Timeouts timeouts) {
            return new ClusterTimeouts(timeouts.connect(), timeouts.idle(), timeouts.maxConnection());
        }
    }

    /// The proxies behind a destination, whose addresses come by EDS. Between proxies everything of
    /// HTTP travels as HTTP/2, whatever the workloads speak.
    ///
    /// @param tls empty for plaintext
    public record Remote(String name, Protocol protocol, ClusterTimeouts timeouts, Optional<ClientTls> tls) {

        public Cluster build() {
            Cluster.Builder cluster = Cluster.newBuilder()
                    .setName(name)
                    .setType(Cluster.DiscoveryType.EDS)
                    .setEdsClusterConfig(Cluster.EdsClusterConfig.newBuilder().setEdsConfig(Protos.ADS))
                    .setConnectTimeout(Protos.duration(timeouts.connect().orElse(REMOTE_CONNECT)))
                    .setCircuitBreakers(CircuitBreakers.newBuilder()
                            .addThresholds(
                                    CircuitBreakers.Thresholds.newBuilder().setMaxRetries(Protos.uint(RETRIES))));
            if (protocol.isHttp()) {
                cluster.putTypedExtensionProtocolOptions(
                        HTTP_OPTIONS, Protos.pack(options(true, timeouts, REMOTE_IDLE)));
            }
            tls.ifPresent(client ->
                    cluster.setTransportSocket(Tls.upstream(client.secretName(), client.tls(), client.parameters())));
            return cluster.build();
        }
    }

    /// @param secretName of the caller's certificate
    public record ClientTls(String secretName, Destination.UpstreamTls tls, TlsParameters parameters) {}

    /// The workload behind an inbound.
    ///
    /// @param captured whether connections to it would be redirected again if they did not come from our address
    public record Local(
            String name, String address, int port, Protocol protocol, ClusterTimeouts timeouts, boolean captured) {

        public Cluster build() {
            Cluster.Builder cluster = Cluster.newBuilder()
                    .setName(name)
                    .setType(Cluster.DiscoveryType.STATIC)
                    .setConnectTimeout(Protos.duration(timeouts.connect().orElse(LOCAL_CONNECT)))
                    .setLoadAssignment(ClusterLoadAssignment.newBuilder()
                            .setClusterName(name)
                            .addEndpoints(LocalityLbEndpoints.newBuilder()
                                    .addLbEndpoints(LbEndpoint.newBuilder()
                                            .setEndpoint(
                                                    Endpoint.newBuilder().setAddress(Protos.address(address, port))))));
            if (captured) {
                cluster.setUpstreamBindConfig(Passthrough.source(address.contains(":")));
            }
            if (protocol.isHttp()) {
                cluster.putTypedExtensionProtocolOptions(
                        HTTP_OPTIONS, Protos.pack(options(Protos.isHttp2(protocol), timeouts, LOCAL_IDLE)));
            }
            return cluster.build();
        }
    }

    /// A cluster without members, for connections that shall go nowhere: they are closed at once.
    public record Nowhere(String name) {

        public Cluster build() {
            return Cluster.newBuilder()
                    .setName(name)
                    .setType(Cluster.DiscoveryType.STATIC)
                    .setConnectTimeout(Protos.duration(REMOTE_CONNECT))
                    .setLoadAssignment(ClusterLoadAssignment.newBuilder().setClusterName(name))
                    .build();
        }
    }

    static HttpProtocolOptions options(boolean http2, ClusterTimeouts timeouts, Duration idle) {
        io.envoyproxy.envoy.config.core.v3.HttpProtocolOptions.Builder common =
                io.envoyproxy.envoy.config.core.v3.HttpProtocolOptions.newBuilder()
                        .setIdleTimeout(Protos.duration(timeouts.idle().orElse(idle)));
        timeouts.maxConnection()
                .filter(Duration::isPositive)
                .ifPresent(limit -> common.setMaxConnectionDuration(Protos.duration(limit)));
        HttpProtocolOptions.ExplicitHttpConfig.Builder explicit = HttpProtocolOptions.ExplicitHttpConfig.newBuilder();
        if (http2) {
            explicit.setHttp2ProtocolOptions(Http2ProtocolOptions.getDefaultInstance());
        } else {
            explicit.setHttpProtocolOptions(Http1ProtocolOptions.getDefaultInstance());
        }
        return HttpProtocolOptions.newBuilder()
                .setCommonHttpProtocolOptions(common)
                .setExplicitHttpConfig(explicit)
                .build();
    }
}
