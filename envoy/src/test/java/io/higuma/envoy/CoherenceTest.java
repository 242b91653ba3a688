package io.higuma.envoy;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Any;
import com.google.protobuf.Message;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.listener.v3.Filter;
import io.envoyproxy.envoy.config.listener.v3.FilterChain;
import io.envoyproxy.envoy.config.listener.v3.Listener;
import io.envoyproxy.envoy.config.route.v3.Route;
import io.envoyproxy.envoy.config.route.v3.RouteAction;
import io.envoyproxy.envoy.config.route.v3.RouteConfiguration;
import io.envoyproxy.envoy.config.route.v3.VirtualHost;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.Rds;
import io.envoyproxy.envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy;
import io.higuma.envoy.check.Encoding;
import io.higuma.envoy.check.References;
import io.higuma.model.wire.Bytes;
import io.higuma.model.wire.ResourceSet;
import io.higuma.model.wire.TypeUrl;
import io.higuma.model.wire.WireResource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// A configuration with a loose end is found before it leaves.
class CoherenceTest {

    private static final WireResource CLUSTER = wire(
            TypeUrl.CLUSTER,
            "cart",
            Cluster.newBuilder()
                    .setName("cart")
                    .setType(Cluster.DiscoveryType.EDS)
                    .build());
    private static final WireResource ROUTE = wire(
            TypeUrl.ROUTE,
            "to-cart",
            RouteConfiguration.newBuilder()
                    .setName("to-cart")
                    .addVirtualHosts(VirtualHost.newBuilder()
                            .addRoutes(Route.newBuilder()
                                    .setRoute(RouteAction.newBuilder()
                                            .setCluster("cart")
                                            .addRequestMirrorPolicies(RouteAction.RequestMirrorPolicy.newBuilder()
                                                    .setCluster("cart")))))
                    .build());
    private static final WireResource HTTP = wire(
            TypeUrl.LISTENER,
            "http",
            listener(HttpConnectionManager.newBuilder()
                    .setRds(Rds.newBuilder().setRouteConfigName("to-cart"))
                    .build()));
    private static final WireResource TCP = wire(
            TypeUrl.LISTENER,
            "tcp",
            listener(TcpProxy.newBuilder().setCluster("cart").build()));

    @Test
    void whatIsWholeHasNoLooseEnd() {
        assertThat(looseEnd(proxy(List.of(CLUSTER), List.of(HTTP, TCP), List.of(ROUTE), Set.of("cart"))))
                .isEmpty();
    }

    @Test
    void everyKindOfLooseEndIsASentence() {
        assertThat(sentence(proxy(List.of(CLUSTER), List.of(HTTP), List.of(), Set.of("cart"))))
                .isEqualTo("listener http leads to the route to-cart, which is not there");
        assertThat(sentence(proxy(List.of(), List.of(TCP), List.of(), Set.of())))
                .isEqualTo("listener tcp leads to the cluster cart, which is not there");
        assertThat(sentence(proxy(List.of(), List.of(HTTP), List.of(ROUTE), Set.of())))
                .isEqualTo("route to-cart leads to the cluster cart, which is not there");
        assertThat(sentence(proxy(List.of(CLUSTER), List.of(), List.of(), Set.of())))
                .isEqualTo("cluster cart leads to the endpoint cart, which is not there");
    }

    private static String sentence(CompiledProxy proxy) {
        return looseEnd(proxy).orElseThrow().sentence();
    }

    private static Optional<Coherence.LooseEnd> looseEnd(CompiledProxy proxy) {
        return Stream.of(proxy.listeners(), proxy.routes(), proxy.clusters())
                .flatMap(set -> Coherence.looseEnd(proxy, set.resources()).stream())
                .findFirst();
    }

    private static CompiledProxy proxy(
            List<WireResource> clusters,
            List<WireResource> listeners,
            List<WireResource> routes,
            Set<String> endpoints) {
        return new CompiledProxy(
                ResourceSet.of(clusters),
                ResourceSet.of(listeners),
                ResourceSet.of(routes),
                Origins.NONE,
                new CompiledCalls(
                        ResourceSet.EMPTY,
                        ResourceSet.EMPTY,
                        ResourceSet.EMPTY,
                        new TreeSet<>(endpoints),
                        new TreeSet<>(),
                        Origins.NONE,
                        Map.of()));
    }

    private static Listener listener(Message filter) {
        return Listener.newBuilder()
                .addFilterChains(
                        FilterChain.newBuilder().addFilters(Filter.newBuilder().setTypedConfig(Any.pack(filter))))
                .build();
    }

    private static WireResource wire(TypeUrl type, String name, Message message) {
        byte[] bytes = Encoding.of(message);
        return WireResource.of(type, name, Bytes.wrap(bytes), References.of(message.getDescriptorForType(), bytes));
    }
}
