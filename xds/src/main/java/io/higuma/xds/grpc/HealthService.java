package io.higuma.xds.grpc;

import com.google.protobuf.Duration;
import com.google.protobuf.UInt32Value;
import io.envoyproxy.envoy.config.core.v3.Address;
import io.envoyproxy.envoy.config.core.v3.BindConfig;
import io.envoyproxy.envoy.config.core.v3.HealthCheck;
import io.envoyproxy.envoy.config.core.v3.HealthStatus;
import io.envoyproxy.envoy.config.core.v3.SocketAddress;
import io.envoyproxy.envoy.config.endpoint.v3.Endpoint;
import io.envoyproxy.envoy.service.health.v3.ClusterEndpointsHealth;
import io.envoyproxy.envoy.service.health.v3.ClusterHealthCheck;
import io.envoyproxy.envoy.service.health.v3.EndpointHealthResponse;
import io.envoyproxy.envoy.service.health.v3.HealthCheckSpecifier;
import io.envoyproxy.envoy.service.health.v3.LocalityEndpoints;
import io.higuma.xds.HealthSource;
import io.higuma.xds.HealthSource.Probe;
import io.higuma.xds.Refusal;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/// `envoy.service.health.v3.HealthDiscoveryService`, method `StreamHealthCheck`: Envoys probe the workloads beside them
/// and report what they find, about as often as they probe.
public final class HealthService implements AutoCloseable {

    private static final java.time.Duration OFTEN = java.time.Duration.ofSeconds(1);
    private static final java.time.Duration SELDOM = java.time.Duration.ofSeconds(5);
    private static final String METHOD = "/envoy.service.health.v3.HealthDiscoveryService/StreamHealthCheck";
    private static final Refusal GOING_DOWN = new Refusal(Refusal.Code.UNAVAILABLE, "the control plane is going down");

    private final HealthSource source;
    private final Consumer<Throwable> faults;
    private final Set<HealthCall> calls = ConcurrentHashMap.newKeySet();
    private volatile boolean closing;

    private HealthService(HealthSource source, Consumer<Throwable> faults) {
        this.source = source;
        this.faults = faults;
    }

    /// @param faults hears of bugs; the stream ends, others go on
    public static HealthService bind(HealthSource source, Consumer<Throwable> faults) {
        return new HealthService(source, faults);
    }

    /// Adds the method.
    public void addTo(GrpcPort port) {
        port.add(METHOD, (stream, credential) -> {
            HealthCall call = new HealthCall(this, stream, credential);
            calls.add(call);
            call.start();
            if (closing) {
                call.refuse(GOING_DOWN);
            }
            return call;
        });
    }

    /// Ends all streams with UNAVAILABLE, so that the server does not wait for them. Proxies come back.
    @Override
    public void close() {
        closing = true;
        calls.forEach(call -> call.refuse(GOING_DOWN));
    }

    HealthSource source() {
        return source;
    }

    Consumer<Throwable> faults() {
        return faults;
    }

    void ended(HealthCall call) {
        calls.remove(call);
    }

    /// A workload counts as healthy if one of its endpoints is; there is one.
    static Map<String, Boolean> healthy(EndpointHealthResponse response) {
        Map<String, Boolean> healthy = new TreeMap<>();
        for (ClusterEndpointsHealth cluster : response.getClusterEndpointsHealthList()) {
            healthy.put(
                    cluster.getClusterName(),
                    cluster.getLocalityEndpointsHealthList().stream()
                            .flatMap(place -> place.getEndpointsHealthList().stream())
                            .anyMatch(endpoint -> endpoint.getHealthStatus() == HealthStatus.HEALTHY));
        }
        return healthy;
    }

    static HealthCheckSpecifier specifier(List<Probe> probes) {
        HealthCheckSpecifier.Builder specifier =
                HealthCheckSpecifier.newBuilder().setInterval(duration(reports(probes)));
        probes.forEach(probe -> specifier.addClusterHealthChecks(check(probe)));
        return specifier.build();
    }

    /// How often the proxy reports: as often as its most frequent probe, but every second at most, and every five at
    /// least, so that a change is not told much later than it is seen.
    static java.time.Duration reports(List<Probe> probes) {
        java.time.Duration shortest = probes.stream()
                .map(Probe::interval)
                .min(Comparator.naturalOrder())
                .orElse(SELDOM);
        return shortest.compareTo(OFTEN) < 0 ? OFTEN : shortest.compareTo(SELDOM) > 0 ? SELDOM : shortest;
    }

    private static ClusterHealthCheck check(Probe probe) {
        Duration interval = duration(probe.interval());
        ClusterHealthCheck.Builder check = ClusterHealthCheck.newBuilder()
                .setClusterName(probe.name())
                .addHealthChecks(HealthCheck.newBuilder()
                        .setInterval(interval)
                        .setNoTrafficInterval(interval)
                        .setTimeout(duration(probe.timeout()))
                        .setHealthyThreshold(UInt32Value.of(probe.healthy()))
                        .setUnhealthyThreshold(UInt32Value.of(probe.unhealthy()))
                        .setTcpHealthCheck(HealthCheck.TcpHealthCheck.getDefaultInstance()))
                .addLocalityEndpoints(LocalityEndpoints.newBuilder()
                        .addEndpoints(Endpoint.newBuilder()
                                .setAddress(
                                        Address.newBuilder().setSocketAddress(socket(probe.address(), probe.port())))));
        if (!probe.source().isEmpty()) {
            check.setUpstreamBindConfig(BindConfig.newBuilder().setSourceAddress(socket(probe.source(), 0)));
        }
        return check.build();
    }

    private static SocketAddress socket(String address, int port) {
        return SocketAddress.newBuilder().setAddress(address).setPortValue(port).build();
    }

    private static Duration duration(java.time.Duration duration) {
        return Duration.newBuilder()
                .setSeconds(duration.getSeconds())
                .setNanos(duration.getNano())
                .build();
    }
}
