package io.higuma.envoy.check;

import com.google.protobuf.Any;
import com.google.protobuf.Duration;
import com.google.protobuf.InvalidProtocolBufferException;
import io.envoyproxy.envoy.config.bootstrap.v3.Bootstrap;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.core.v3.Address;
import io.envoyproxy.envoy.config.core.v3.AggregatedConfigSource;
import io.envoyproxy.envoy.config.core.v3.ApiConfigSource;
import io.envoyproxy.envoy.config.core.v3.ApiVersion;
import io.envoyproxy.envoy.config.core.v3.ConfigSource;
import io.envoyproxy.envoy.config.core.v3.GrpcService;
import io.envoyproxy.envoy.config.core.v3.Http2ProtocolOptions;
import io.envoyproxy.envoy.config.core.v3.Node;
import io.envoyproxy.envoy.config.core.v3.SocketAddress;
import io.envoyproxy.envoy.config.listener.v3.Filter;
import io.envoyproxy.envoy.config.listener.v3.FilterChain;
import io.envoyproxy.envoy.config.listener.v3.Listener;
import io.envoyproxy.envoy.config.route.v3.RouteConfiguration;
import io.envoyproxy.envoy.extensions.filters.http.rbac.v3.RBAC;
import io.envoyproxy.envoy.extensions.filters.http.router.v3.Router;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpFilter;
import io.envoyproxy.envoy.extensions.upstreams.http.v3.HttpProtocolOptions;
import io.higuma.model.wire.ResourceSet;
import io.higuma.model.wire.TypeUrl;
import io.higuma.model.wire.WireResource;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/// Asks a real Envoy whether it would take a configuration: `--mode validate`. Bounded in processes and time. The
/// configuration holds no secrets: those are named, and would come over SDS.
public final class EnvoyTrial {

    private static final String ADS = "ads";
    private static final int ROUTE_PORT = 20_000;
    private static final int LONGEST_WORDS = 4_000;

    private final Path envoy;
    private final java.time.Duration limit;
    private final Semaphore processes;

    /// @param limit for one trial, waiting for a free process included
    /// @param processes at most so many at a time
    public EnvoyTrial(Path envoy, java.time.Duration limit, int processes) {
        this.envoy = envoy;
        this.limit = limit;
        this.processes = new Semaphore(processes, true);
    }

    /// Envoy did not come to an answer.
    public static final class UndecidedException extends RuntimeException {

        private static final long serialVersionUID = 1L;

        UndecidedException(String message) {
            super(message);
        }
    }

    /// What Envoy says against the resources; empty if it takes them. Blocks.
    ///
    /// @throws UndecidedException if it has not answered in time, or cannot be run
    public Optional<String> refusal(ResourceSet clusters, ResourceSet listeners, ResourceSet routes) {
        byte[] bootstrap = bootstrap(clusters, listeners, routes).toByteArray();
        long end = System.nanoTime() + limit.toNanos();
        try {
            if (!processes.tryAcquire(limit.toMillis(), TimeUnit.MILLISECONDS)) {
                throw late();
            }
            try {
                return run(bootstrap, end);
            } finally {
                processes.release();
            }
        } catch (IOException e) {
            throw new UndecidedException("Envoy cannot be asked: " + e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new UndecidedException("interrupted while Envoy looked at the configuration");
        }
    }

    private UndecidedException late() {
        return new UndecidedException("Envoy has not answered within " + limit.toMillis() + " ms");
    }

    private static Bootstrap bootstrap(ResourceSet clusters, ResourceSet listeners, ResourceSet routes) {
        Bootstrap.Builder bootstrap = Bootstrap.newBuilder()
                .setNode(Node.newBuilder().setId("default.trial").setCluster("trial"))
                .setDynamicResources(Bootstrap.DynamicResources.newBuilder()
                        .setAdsConfig(ApiConfigSource.newBuilder()
                                .setApiType(ApiConfigSource.ApiType.DELTA_GRPC)
                                .setTransportApiVersion(ApiVersion.V3)
                                .addGrpcServices(GrpcService.newBuilder()
                                        .setEnvoyGrpc(GrpcService.EnvoyGrpc.newBuilder()
                                                .setClusterName(ADS)))));
        Bootstrap.StaticResources.Builder resources =
                bootstrap.getStaticResourcesBuilder().addClusters(ads());
        try {
            for (WireResource cluster : clusters.resources()) {
                split(Cluster.parseFrom(cluster.bytes().array())).forEach(resources::addClusters);
            }
            for (WireResource listener : listeners.resources()) {
                resources.addListeners(Listener.parseFrom(listener.bytes().array()));
            }
            int port = ROUTE_PORT;
            for (WireResource route : routes.resources()) {
                resources.addListeners(
                        holder(RouteConfiguration.parseFrom(route.bytes().array()), port++));
            }
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalArgumentException("not what its type says", e);
        }
        return bootstrap.build();
    }

    /// In validate mode, Envoy 1.40 crashes on a cluster with members of its own whose secrets come by SDS (a dynamic
    /// one is no trouble). Its members and its TLS are tried apart.
    private static List<Cluster> split(Cluster cluster) {
        if (!cluster.hasLoadAssignment()
                || References.of(Cluster.getDescriptor(), cluster.toByteArray()).stream()
                        .noneMatch(to -> to.type() == TypeUrl.SECRET)) {
            return List.of(cluster);
        }
        Cluster members = cluster.toBuilder()
                .clearTransportSocket()
                .clearTransportSocketMatches()
                .build();
        Cluster sockets = cluster.toBuilder()
                .setName(cluster.getName() + " with its TLS")
                .clearLoadAssignment()
                .setType(Cluster.DiscoveryType.EDS)
                .setEdsClusterConfig(Cluster.EdsClusterConfig.newBuilder()
                        .setEdsConfig(ConfigSource.newBuilder()
                                .setResourceApiVersion(ApiVersion.V3)
                                .setAds(AggregatedConfigSource.getDefaultInstance())))
                .build();
        return List.of(members, sockets);
    }

    /// Routes that travel alone are checked in a listener of their own.
    private static Listener holder(RouteConfiguration route, int port) {
        HttpConnectionManager manager = HttpConnectionManager.newBuilder()
                .setStatPrefix("routes")
                .setRouteConfig(route)
                .addHttpFilters(HttpFilter.newBuilder()
                        .setName("envoy.filters.http.rbac")
                        .setTypedConfig(Any.pack(RBAC.getDefaultInstance())))
                .addHttpFilters(HttpFilter.newBuilder()
                        .setName("envoy.filters.http.router")
                        .setTypedConfig(Any.pack(Router.getDefaultInstance())))
                .build();
        return Listener.newBuilder()
                .setName("route-" + port)
                .setAddress(Address.newBuilder()
                        .setSocketAddress(SocketAddress.newBuilder()
                                .setAddress("127.0.0.1")
                                .setPortValue(port)))
                .addFilterChains(FilterChain.newBuilder()
                        .addFilters(Filter.newBuilder()
                                .setName("envoy.filters.network.http_connection_manager")
                                .setTypedConfig(Any.pack(manager))))
                .build();
    }

    private static Cluster ads() {
        return Cluster.newBuilder()
                .setName(ADS)
                .setType(Cluster.DiscoveryType.STATIC)
                .setConnectTimeout(Duration.newBuilder().setSeconds(1))
                .putTypedExtensionProtocolOptions(
                        "envoy.extensions.upstreams.http.v3.HttpProtocolOptions",
                        Any.pack(HttpProtocolOptions.newBuilder()
                                .setExplicitHttpConfig(HttpProtocolOptions.ExplicitHttpConfig.newBuilder()
                                        .setHttp2ProtocolOptions(Http2ProtocolOptions.getDefaultInstance()))
                                .build()))
                .build();
    }

    /// Envoy writes to a file, so that nobody has to read while it runs.
    private Optional<String> run(byte[] bootstrap, long end) throws IOException, InterruptedException {
        Path folder = Files.createTempDirectory("higuma-trial");
        Path config = folder.resolve("bootstrap.pb");
        Path said = folder.resolve("said");
        try {
            Files.write(config, bootstrap);
            Process process = new ProcessBuilder(
                            envoy.toString(),
                            "--mode",
                            "validate",
                            "--config-path",
                            config.toString(),
                            "--log-level",
                            "warning",
                            "--concurrency",
                            "1",
                            "--disable-hot-restart")
                    .redirectErrorStream(true)
                    .redirectOutput(said.toFile())
                    .start();
            if (!process.waitFor(Math.max(0, end - System.nanoTime()), TimeUnit.NANOSECONDS)) {
                process.destroyForcibly().waitFor();
                throw late();
            }
            return process.exitValue() == 0 ? Optional.empty() : Optional.of(words(said));
        } finally {
            Files.deleteIfExists(config);
            Files.deleteIfExists(said);
            Files.deleteIfExists(folder);
        }
    }

    private static String words(Path said) throws IOException {
        String text = new String(Files.readAllBytes(said), StandardCharsets.UTF_8).strip();
        return text.length() <= LONGEST_WORDS ? text : text.substring(text.length() - LONGEST_WORDS);
    }
}
