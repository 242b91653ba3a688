package io.higuma.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.listener.v3.Listener;
import io.envoyproxy.envoy.config.route.v3.RouteConfiguration;
import io.envoyproxy.envoy.data.dns.v3.DnsTable;
import io.envoyproxy.envoy.extensions.filters.udp.dns_filter.v3.DnsFilterConfig;
import io.higuma.model.Labels;
import io.higuma.model.core.CoreTypes;
import io.higuma.model.core.DataplaneSpec.InboundState;
import io.higuma.model.core.DataplaneSpec.ReachableBackend;
import io.higuma.model.core.LabelSelector;
import io.higuma.model.core.MeshMultiZoneServiceSpec;
import io.higuma.model.core.Protocol;
import io.higuma.model.wire.ProxyConfig;
import io.higuma.model.wire.TypeUrl;
import io.higuma.model.wire.WireResource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// In random meshes, what proxies hold hangs together: a listener per destination, a cluster for every route, and one
/// address for every name.
class WholeMeshPropertyTest {

    private static final Map<String, Object> LAUNCHER =
            Map.of("features", List.of("feature-no-agent"), "dataplane.dns.port", "15053");

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void everyDestinationHasOneListenerEveryRouteAClusterAndEveryNameOneAddress(long seed) throws Exception {
        Random random = new Random(seed);
        try (World world = new World()) {
            world.names("plain", "{{ .DisplayName }}.svc.mesh.local", Map.of());
            world.names("one", "shared.mesh", Map.of());
            world.names("long", "{{ .DisplayName }}.{{ .Zone }}.mesh", Map.of());
            List<FakeProxy> proxies = new ArrayList<>();
            for (int step = 0; step < 80; step++) {
                step(world, proxies, random, step);
            }
            world.quiet();

            assertThat(world.engine.faults()).isZero();
            for (FakeProxy proxy : proxies) {
                ProxyConfig config = proxy.holds().orElseThrow();
                Set<String> clusters = clusters(config);
                Set<String> places = new HashSet<>();
                int destinations = 0;
                Map<String, Integer> names = new HashMap<>();
                for (WireResource resource : config.set(TypeUrl.LISTENER).resources()) {
                    Listener listener = Listener.parseFrom(resource.bytes().array());
                    assertThat(places.add(listener.getAddress().toString()))
                            .as("one listener at the place of %s", listener.getName())
                            .isTrue();
                    if (listener.getName().startsWith("kri_")) {
                        destinations++;
                        assertThat(clusters).contains(listener.getName());
                    } else if (listener.getName().equals("system_dns")) {
                        table(listener).getVirtualDomainsList().forEach(domain -> {
                            names.merge(domain.getName(), 1, Integer::sum);
                            assertThat(domain.getEndpoint().getAddressList().getAddressList())
                                    .as(domain.getName())
                                    .hasSize(2)
                                    .anyMatch(ip -> ip.startsWith("24"))
                                    .anyMatch(ip -> ip.startsWith("fd68:"));
                        });
                    }
                }
                assertThat(names.values()).allMatch(count -> count == 1);
                assertThat(clusters.stream().filter(name -> name.startsWith("kri_")))
                        .hasSize(destinations);
                for (WireResource resource : config.set(TypeUrl.ROUTE).resources()) {
                    RouteConfiguration routes =
                            RouteConfiguration.parseFrom(resource.bytes().array());
                    routes.getVirtualHostsList()
                            .forEach(host -> host.getRoutesList().forEach(route -> {
                                assertThat(clusters).contains(route.getRoute().getCluster());
                            }));
                }
            }
        }
    }

    private static void step(World world, List<FakeProxy> proxies, Random random, int step) {
        String workload = "w" + random.nextInt(8);
        switch (random.nextInt(7)) {
            case 0, 1, 2 ->
                world.put(World.dataplane(
                        workload + "-" + random.nextInt(3), workload, "127.0.2.1", List.of(), InboundState.READY));
            case 3, 4 -> {
                String name = "caller-" + step;
                List<ReachableBackend> only = random.nextBoolean()
                        ? null
                        : List.of(World.backend("w" + random.nextInt(8)), World.backend(workload));
                world.put(World.captured(name, "caller", "127.0.3." + step, only));
                FakeProxy proxy = world.connect(name, true, LAUNCHER);
                proxies.add(proxy);
                World.eventually("it is served", () -> proxy.holds().isPresent());
            }
            case 5 ->
                world.put(
                        CoreTypes.MESH_MULTI_ZONE_SERVICE,
                        "g" + random.nextInt(3),
                        Map.of(),
                        new MeshMultiZoneServiceSpec(
                                new MeshMultiZoneServiceSpec.Selector(
                                        new LabelSelector(Map.of(Labels.DISPLAY_NAME, workload))),
                                List.of(new MeshMultiZoneServiceSpec.Port(Optional.empty(), 8080, Protocol.HTTP))));
            default -> world.delete(World.key(workload + "-" + random.nextInt(3)));
        }
    }

    private static Set<String> clusters(ProxyConfig config) throws Exception {
        Set<String> names = new HashSet<>();
        for (WireResource resource : config.set(TypeUrl.CLUSTER).resources()) {
            names.add(Cluster.parseFrom(resource.bytes().array()).getName());
        }
        return names;
    }

    private static DnsTable table(Listener listener) {
        try {
            return listener.getListenerFilters(0)
                    .getTypedConfig()
                    .unpack(DnsFilterConfig.class)
                    .getServerConfig()
                    .getInlineDnsTable();
        } catch (com.google.protobuf.InvalidProtocolBufferException e) {
            throw new AssertionError(e);
        }
    }
}
