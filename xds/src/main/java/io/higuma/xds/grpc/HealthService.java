package io.higuma.xds.grpc;

import static java.util.Objects.requireNonNull;

import com.google.protobuf.Duration;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.UInt32Value;
import com.linecorp.armeria.common.ExchangeType;
import com.linecorp.armeria.common.HttpHeaderNames;
import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.server.HttpService;
import com.linecorp.armeria.server.RoutingContext;
import com.linecorp.armeria.server.ServerBuilder;
import com.linecorp.armeria.server.ServiceConfig;
import com.linecorp.armeria.server.ServiceRequestContext;
import com.linecorp.armeria.server.grpc.GrpcService;
import io.envoyproxy.envoy.config.core.v3.Address;
import io.envoyproxy.envoy.config.core.v3.BindConfig;
import io.envoyproxy.envoy.config.core.v3.HealthCheck;
import io.envoyproxy.envoy.config.core.v3.HealthStatus;
import io.envoyproxy.envoy.config.core.v3.SocketAddress;
import io.envoyproxy.envoy.config.endpoint.v3.Endpoint;
import io.envoyproxy.envoy.service.health.v3.ClusterEndpointsHealth;
import io.envoyproxy.envoy.service.health.v3.ClusterHealthCheck;
import io.envoyproxy.envoy.service.health.v3.EndpointHealthResponse;
import io.envoyproxy.envoy.service.health.v3.HealthCheckRequestOrEndpointHealthResponse;
import io.envoyproxy.envoy.service.health.v3.HealthCheckSpecifier;
import io.envoyproxy.envoy.service.health.v3.HealthDiscoveryServiceGrpc;
import io.envoyproxy.envoy.service.health.v3.LocalityEndpoints;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import io.higuma.xds.HealthSource;
import io.higuma.xds.HealthSource.Probe;
import io.higuma.xds.Node;
import io.higuma.xds.Refusal;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// `envoy.service.health.v3.HealthDiscoveryService`, method `StreamHealthCheck`: Envoys probe the workloads beside them
/// and report what they find, about as often as they probe.
public final class HealthService implements AutoCloseable {

    private static final java.time.Duration OFTEN = java.time.Duration.ofSeconds(1);
    private static final java.time.Duration SELDOM = java.time.Duration.ofSeconds(5);
    private static final int LARGEST_MESSAGE = 1 << 20;

    private final HealthSource source;
    private final Consumer<Throwable> faults;
    private final Set<Call> calls = ConcurrentHashMap.newKeySet();

    private HealthService(HealthSource source, Consumer<Throwable> faults) {
        this.source = source;
        this.faults = faults;
    }

    /// @param faults hears of bugs; the stream ends, others go on
    public static HealthService bind(HealthSource source, Consumer<Throwable> faults) {
        return new HealthService(source, faults);
    }

    /// Adds the method. The caller adds ports and certificates.
    public void addTo(ServerBuilder server) {
        server.service("/" + HealthDiscoveryServiceGrpc.SERVICE_NAME + "/StreamHealthCheck", new Later());
    }

    /// gRPC's descriptors take a third of a second to build, so a control plane does not wait for them when it
    /// starts: they are built beside.
    private final class Later implements HttpService {
        private volatile @Nullable CompletableFuture<GrpcService> methods;

        @Override
        public void serviceAdded(ServiceConfig config) {
            methods = CompletableFuture.supplyAsync(() -> built(config)).whenComplete((built, fault) -> {
                if (fault != null) {
                    faults.accept(fault);
                }
            });
        }

        private GrpcService built(ServiceConfig config) {
            GrpcService built = GrpcService.builder()
                    .addService(new Methods())
                    .maxRequestMessageLength(LARGEST_MESSAGE)
                    .useClientTimeoutHeader(false)
                    .build();
            try {
                built.serviceAdded(config);
            } catch (Exception e) {
                throw new IllegalStateException("the health service cannot be served", e);
            }
            return built;
        }

        @Override
        public HttpResponse serve(ServiceRequestContext context, HttpRequest request) {
            return HttpResponse.of(requireNonNull(methods)
                    .thenApplyAsync(
                            service -> {
                                try {
                                    return service.serve(context, request);
                                } catch (Exception e) {
                                    return HttpResponse.ofFailure(e);
                                }
                            },
                            context.eventLoop()));
        }

        @Override
        public ExchangeType exchangeType(RoutingContext context) {
            return ExchangeType.BIDI_STREAMING;
        }
    }

    /// Ends all streams with UNAVAILABLE, so that the server does not wait for them. Proxies come back.
    @Override
    public void close() {
        calls.forEach(call -> call.refuse(new Refusal(Refusal.Code.UNAVAILABLE, "the control plane is going down")));
    }

    private final class Methods extends HealthDiscoveryServiceGrpc.HealthDiscoveryServiceImplBase {
        @Override
        public StreamObserver<HealthCheckRequestOrEndpointHealthResponse> streamHealthCheck(
                StreamObserver<HealthCheckSpecifier> responses) {
            ServiceRequestContext context = ServiceRequestContext.current();
            context.clearRequestTimeout();
            context.setMaxRequestLength(0);
            Call call = new Call(context, responses);
            calls.add(call);
            return call;
        }
    }

    /// One stream. Owner of its fields: the event loop.
    private final class Call
            implements StreamObserver<HealthCheckRequestOrEndpointHealthResponse>, HealthSource.HealthStream {

        private final ServiceRequestContext context;
        private final StreamObserver<HealthCheckSpecifier> responses;
        private HealthSource.@Nullable Session session;
        private boolean over;

        Call(ServiceRequestContext context, StreamObserver<HealthCheckSpecifier> responses) {
            this.context = context;
            this.responses = responses;
        }

        @Override
        public void onNext(HealthCheckRequestOrEndpointHealthResponse message) {
            try {
                if (session == null && message.hasHealthCheckRequest()) {
                    session = source.open(node(message), this);
                } else if (session != null && message.hasEndpointHealthResponse()) {
                    session.reported(healthy(message.getEndpointHealthResponse()));
                }
            } catch (InvalidProtocolBufferException e) {
                refuse(new Refusal(Refusal.Code.INVALID_ARGUMENT, String.valueOf(e.getMessage())));
            } catch (RuntimeException e) {
                faults.accept(e);
                refuse(new Refusal(Refusal.Code.INTERNAL, "a fault of the control plane; see its log"));
            }
        }

        private Node node(HealthCheckRequestOrEndpointHealthResponse message) throws InvalidProtocolBufferException {
            Optional<Node.Credential> credential =
                    context.request().headers().getAll(HttpHeaderNames.AUTHORIZATION).stream()
                            .filter(token -> !token.isEmpty())
                            .findFirst()
                            .map(Node.Credential::new);
            return NodeReader.read(
                    message.getHealthCheckRequest().getNode().toByteString(),
                    credential,
                    context.remoteAddress().toString());
        }

        @Override
        public void probe(List<Probe> probes) {
            HealthCheckSpecifier wanted = specifier(probes);
            context.eventLoop().execute(() -> {
                if (!over) {
                    responses.onNext(wanted);
                }
            });
        }

        @Override
        public void refuse(Refusal refusal) {
            context.eventLoop().execute(() -> {
                if (!over) {
                    end();
                    responses.onError(
                            Status.fromCode(Status.Code.valueOf(refusal.code().name()))
                                    .withDescription(refusal.message())
                                    .asRuntimeException());
                }
            });
        }

        @Override
        public void onError(Throwable cause) {
            end();
        }

        @Override
        public void onCompleted() {
            if (!over) {
                end();
                responses.onCompleted();
            }
        }

        private void end() {
            if (!over) {
                over = true;
                calls.remove(this);
                if (session != null) {
                    session.closed();
                }
            }
        }
    }

    /// A workload counts as healthy if one of its endpoints is; there is one.
    private static Map<String, Boolean> healthy(EndpointHealthResponse response) {
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

    private static HealthCheckSpecifier specifier(List<Probe> probes) {
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
