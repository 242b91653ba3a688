package io.higuma.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.core.v3.SocketAddress;
import io.envoyproxy.envoy.config.listener.v3.Listener;
import io.envoyproxy.envoy.config.route.v3.Route;
import io.envoyproxy.envoy.config.route.v3.RouteAction;
import io.envoyproxy.envoy.config.route.v3.RouteConfiguration;
import io.envoyproxy.envoy.data.dns.v3.DnsTable;
import io.envoyproxy.envoy.extensions.filters.udp.dns_filter.v3.DnsFilterConfig;
import io.higuma.model.Labels;
import io.higuma.model.ResourceKey;
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

/// In random meshes of services of all kinds and routes between them, what proxies hold hangs together: a listener per
/// destination, a cluster for every route, an assignment for every cluster that wants one, and one address for every
/// name.
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
            world.apply("""
                    type: HostnameGenerator
                    name: outside
                    spec: {selector: {meshExternalService: {matchLabels: {}}}, template: "{{ .DisplayName }}.extsvc.mesh.local"}
                    """);
            world.names("long", "{{ .DisplayName }}.{{ .Zone }}.mesh", Map.of());
            List<FakeProxy> proxies = new ArrayList<>();
            for (int step = 0; step < 80; step++) {
                step(world, proxies, random, step);
            }
            world.quiet();

            for (FakeProxy proxy : proxies) {
                ProxyConfig config = proxy.holds().orElseThrow();
                Map<String, Cluster> clusters = clusters(config);
                Set<String> places = new HashSet<>();
                Set<String> bound = new HashSet<>();
                Set<String> called = new HashSet<>();
                Set<String> virtual = new HashSet<>();
                int destinations = 0;
                Map<String, Integer> names = new HashMap<>();
                for (WireResource resource : config.set(TypeUrl.LISTENER).resources()) {
                    Listener listener = Listener.parseFrom(resource.bytes().array());
                    SocketAddress at = listener.getAddress().getSocketAddress();
                    assertThat(bound.add(at.getAddress() + ":" + at.getPortValue()))
                            .as("one listener at the place of %s", listener.getName())
                            .isTrue();
                    places.add(at.getAddress());
                    if (listener.getName().startsWith("kri_")) {
                        destinations++;
                        called.add(listener.getName());
                        assertThat(clusters).containsKey(listener.getName());
                    } else if (listener.getName().equals("system_dns")) {
                        table(listener).getVirtualDomainsList().forEach(domain -> {
                            names.merge(domain.getName(), 1, Integer::sum);
                            virtual.add(domain.getEndpoint().getAddressList().getAddress(0));
                            assertThat(domain.getEndpoint().getAddressList().getAddressList())
                                    .as(domain.getName())
                                    .hasSize(2)
                                    .anyMatch(ip -> ip.startsWith("24"))
                                    .anyMatch(ip -> ip.startsWith("fd68:"));
                        });
                    }
                }
                assertThat(names.values()).allMatch(count -> count == 1);
                assertThat(destinations).isEqualTo(called.size());
                assertThat(virtual)
                        .as("every name is called where a listener is")
                        .isSubsetOf(places);
                Set<String> named = routed(config, clusters);
                named.addAll(called);
                assertThat(clusters.keySet().stream().filter(name -> name.startsWith("kri_")))
                        .as("no cluster that nobody leads to")
                        .isSubsetOf(named);
                clusters.values().stream()
                        .filter(cluster -> cluster.getType() == Cluster.DiscoveryType.EDS)
                        .forEach(cluster -> assertThat(
                                        config.set(TypeUrl.ENDPOINT).get(cluster.getName()))
                                .as("assignment of %s", cluster.getName())
                                .isNotNull());
            }
        }
    }

    /// The clusters that routes name: all of them are there. Every route configuration has one virtual host, and a
    /// listener that asks for it.
    private static Set<String> routed(ProxyConfig config, Map<String, Cluster> clusters) throws Exception {
        Set<String> named = new HashSet<>();
        for (WireResource resource : config.set(TypeUrl.ROUTE).resources()) {
            RouteConfiguration routes =
                    RouteConfiguration.parseFrom(resource.bytes().array());
            assertThat(config.set(TypeUrl.LISTENER).get(routes.getName()))
                    .as("listener of %s", routes.getName())
                    .isNotNull();
            assertThat(routes.getVirtualHostsList()).hasSize(1);
            for (Route route : routes.getVirtualHosts(0).getRoutesList()) {
                if (route.hasRoute()) {
                    named.addAll(clusters(route.getRoute()));
                }
            }
        }
        assertThat(clusters.keySet()).containsAll(named);
        return named;
    }

    private static Set<String> clusters(RouteAction action) {
        Set<String> named = new HashSet<>();
        if (action.hasWeightedClusters()) {
            action.getWeightedClusters().getClustersList().forEach(cluster -> named.add(cluster.getName()));
        } else {
            named.add(action.getCluster());
        }
        return named;
    }

    private static void step(World world, List<FakeProxy> proxies, Random random, int step) {
        String workload = "w" + random.nextInt(8);
        switch (random.nextInt(11)) {
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
            case 6, 7 -> world.apply(outside("e" + random.nextInt(3), random.nextBoolean()));
            case 8 -> world.apply(route("r" + random.nextInt(3), workload, random));
            case 9 -> {
                ResourceKey gone = List.of(
                                CoreTypes.MESH_EXTERNAL_SERVICE.key(World.MESH, "e" + random.nextInt(3)),
                                CoreTypes.MESH_MULTI_ZONE_SERVICE.key(World.MESH, "g" + random.nextInt(3)),
                                new ResourceKey("MeshHTTPRoute", World.MESH, "r" + random.nextInt(3)))
                        .get(random.nextInt(3));
                if (world.store.get(gone).isPresent()) {
                    world.delete(gone);
                }
            }
            default -> world.delete(World.key(workload + "-" + random.nextInt(3)));
        }
    }

    /// @param checked whether it wants a Secret that is not there
    private static String outside(String name, boolean checked) {
        return """
                type: MeshExternalService
                mesh: default
                name: %s
                spec:
                  match: {port: 443, protocol: http}
                  endpoints: [{address: %s.example.com, port: 443}]
                  tls: {enabled: %s, verification: {caCert: {type: Secret, secretRef: {kind: Secret, name: none}}}}
                """.formatted(name, name, checked);
    }

    private static String route(String name, String from, Random random) {
        return """
                type: MeshHTTPRoute
                mesh: default
                name: %s
                spec:
                  to:
                    - targetRef: {kind: MeshService, labels: {kuma.io/display-name: %s}}
                      rules:
                        - matches: [{path: {type: PathPrefix, value: /}}]
                          default:
                            backendRefs:
                              - {kind: MeshService, labels: {kuma.io/display-name: w%d}, port: 8080}
                              - {kind: MeshMultiZoneService, labels: {kuma.io/display-name: g%d}, port: 8080}
                              - {kind: MeshExternalService, labels: {kuma.io/display-name: e%d}, port: 443, weight: %d}
                """.formatted(name, from, random.nextInt(8), random.nextInt(3), random.nextInt(3), random.nextInt(3));
    }

    private static Map<String, Cluster> clusters(ProxyConfig config) throws Exception {
        Map<String, Cluster> found = new HashMap<>();
        for (WireResource resource : config.set(TypeUrl.CLUSTER).resources()) {
            Cluster cluster = Cluster.parseFrom(resource.bytes().array());
            found.put(cluster.getName(), cluster);
        }
        return found;
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
