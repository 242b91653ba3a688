package io.higuma.testkit.envoy;

import com.google.protobuf.Any;
import com.google.protobuf.Duration;
import com.google.protobuf.InvalidProtocolBufferException;
import io.envoyproxy.envoy.config.bootstrap.v3.Bootstrap;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.core.v3.Address;
import io.envoyproxy.envoy.config.core.v3.ApiConfigSource;
import io.envoyproxy.envoy.config.core.v3.ApiVersion;
import io.envoyproxy.envoy.config.core.v3.GrpcService;
import io.envoyproxy.envoy.config.core.v3.Http2ProtocolOptions;
import io.envoyproxy.envoy.config.core.v3.Node;
import io.envoyproxy.envoy.config.core.v3.SocketAddress;
import io.envoyproxy.envoy.config.listener.v3.Filter;
import io.envoyproxy.envoy.config.listener.v3.FilterChain;
import io.envoyproxy.envoy.config.listener.v3.Listener;
import io.envoyproxy.envoy.config.route.v3.RouteConfiguration;
import io.envoyproxy.envoy.extensions.filters.http.router.v3.Router;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpFilter;
import io.envoyproxy.envoy.extensions.upstreams.http.v3.HttpProtocolOptions;
import io.higuma.model.wire.ResourceSet;
import io.higuma.model.wire.WireResource;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/// Asks the real Envoy whether it would take a configuration: `--mode validate`.
public final class EnvoyValidate {

    private static final String ADS = "ads";
    private static final int ROUTE_PORT = 20_000;

    private EnvoyValidate() {}

    /// What Envoy says against the resources; empty if it takes them.
    public static Optional<String> refusal(ResourceSet clusters, ResourceSet listeners, ResourceSet routes) {
        Bootstrap.Builder bootstrap = Bootstrap.newBuilder()
                .setNode(Node.newBuilder().setId("default.test").setCluster("test"))
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
            for (WireResource cluster : clusters.byName().values()) {
                resources.addClusters(Cluster.parseFrom(cluster.bytes().array()));
            }
            for (WireResource listener : listeners.byName().values()) {
                resources.addListeners(Listener.parseFrom(listener.bytes().array()));
            }
            int port = ROUTE_PORT;
            for (WireResource route : routes.byName().values()) {
                resources.addListeners(
                        holder(RouteConfiguration.parseFrom(route.bytes().array()), port++));
            }
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalArgumentException("not what its type says", e);
        }
        return run(bootstrap.build());
    }

    /// Routes that travel alone are checked in a listener of their own.
    private static Listener holder(RouteConfiguration route, int port) {
        HttpConnectionManager manager = HttpConnectionManager.newBuilder()
                .setStatPrefix("routes")
                .setRouteConfig(route)
                .addHttpFilters(HttpFilter.newBuilder()
                        .setName("envoy.filters.http.rbac")
                        .setTypedConfig(Any.pack(
                                io.envoyproxy.envoy.extensions.filters.http.rbac.v3.RBAC.getDefaultInstance())))
                .addHttpFilters(HttpFilter.newBuilder()
                        .setName("envoy.filters.http.router")
                        .setTypedConfig(Any.pack(Router.getDefaultInstance())))
                .build();
        return Listener.newBuilder()
                .setName("route-" + port)
                .setAddress(address(port))
                .addFilterChains(FilterChain.newBuilder()
                        .addFilters(Filter.newBuilder()
                                .setName("envoy.filters.network.http_connection_manager")
                                .setTypedConfig(Any.pack(manager))))
                .build();
    }

    private static Address address(int port) {
        return Address.newBuilder()
                .setSocketAddress(
                        SocketAddress.newBuilder().setAddress("127.0.0.1").setPortValue(port))
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

    private static Optional<String> run(Bootstrap bootstrap) {
        try {
            Path file = Files.createTempFile("higuma-validate", ".pb");
            try {
                Files.write(file, bootstrap.toByteArray());
                Process process = new ProcessBuilder(
                                EnvoyBinary.path().toString(),
                                "--mode",
                                "validate",
                                "--config-path",
                                file.toString(),
                                "--log-level",
                                "warning",
                                "--disable-hot-restart")
                        .redirectErrorStream(true)
                        .start();
                String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
                return process.waitFor() == 0 ? Optional.empty() : Optional.of(said);
            } finally {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
