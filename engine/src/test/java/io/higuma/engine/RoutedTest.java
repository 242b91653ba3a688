package io.higuma.engine;

import static io.higuma.engine.World.captured;
import static io.higuma.engine.World.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.higuma.model.core.Condition;
import io.higuma.model.core.DataplaneSpec.InboundState;
import io.higuma.model.core.RouteStatus;
import io.higuma.model.wire.ProxyConfig;
import io.higuma.model.wire.TypeUrl;
import io.higuma.policies.httproute.MeshHttpRoutePolicy;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// What routes lead to, as proxies are told of it.
class RoutedTest extends InAWorld {

    private static final String CARTS = "kri_mzsvc_default___carts_8080";
    static final String FRONT = """
            type: MeshService
            mesh: default
            name: front
            spec:
              selector: {dataplaneLabels: {matchLabels: {app: front}}}
              ports: [{port: 80, appProtocol: http}]
            """;
    private static final String CARTS_SERVICE = """
            type: MeshMultiZoneService
            mesh: default
            name: carts
            spec:
              selector: {meshService: {matchLabels: {kuma.io/display-name: cart}}}
              ports: [{port: 8080, appProtocol: http}]
            """;

    @Test
    void aServiceOfSeveralZonesIsCalledWithTheIdentitiesOfWhatItIsMadeOf() {
        world.serveWithIdentity("cart-1", "cart");
        world.apply(CARTS_SERVICE);
        world.put(captured("web-1", "web", "127.0.0.1", null));
        FakeProxy web = world.connect("web-1");

        eventually(
                "it is called with mutual TLS",
                () -> web.holds()
                        .flatMap(config -> cluster(config, CARTS))
                        .filter(Cluster::hasTransportSocket)
                        .isPresent());
        Cluster cluster = cluster(web.holds().orElseThrow(), CARTS).orElseThrow();
        assertThat(cluster.getTransportSocket().getTypedConfig().getValue().toStringUtf8())
                .contains("spiffe://default.default.mesh.local/workload/cart")
                .contains("sni.mzsvc.default.carts.8080");
    }

    @Test
    void aServiceOfSeveralZonesIsABackendOfRoutes() {
        world.serveWithIdentity("cart-1", "cart");
        world.apply(FRONT);
        world.apply(CARTS_SERVICE);
        world.put(World.dataplane("web-1", "web", "127.0.0.1", List.of("front"), InboundState.READY));
        FakeProxy web = world.connect("web-1");

        world.apply(route("MeshMultiZoneService", "carts", 1));

        eventually("its members are told", () -> web.sees(CARTS, "127.0.0.9"));
        assertThat(neverInPlaintext(web, CARTS)).isTrue();
        world.put(World.dataplane("cart-2", "cart", "127.0.0.8", List.of(), InboundState.READY));
        eventually("new ones too", () -> web.sees(CARTS, "127.0.0.8"));
    }

    @Test
    void aRouteToNothingOrWithoutAnyWeightSaysSoOnItsStatusUntilItIsMended() {
        world.apply(FRONT);

        world.apply(route("MeshService", "nobody", 1));
        eventually("it leads nowhere", () -> condition("BackendNotFound").contains("nobody"));
        world.put(World.dataplane("cart-1", "cart", "127.0.0.9", List.of(), InboundState.READY));
        world.apply(route("MeshService", "cart", 0).replace("weight: 3", "weight: 0"));
        eventually(
                "nothing has a weight, and cart is there",
                () -> !condition("NoWeight").isEmpty()
                        && condition("BackendNotFound").isEmpty());

        world.apply(route("MeshService", "cart", 1));
        eventually(
                "nothing is wrong",
                () -> condition("NoWeight").isEmpty()
                        && condition("BackendNotFound").isEmpty());
    }

    /// What the route says for one reason; empty if it does not.
    private String condition(String reason) {
        return world
                .store
                .get(MeshHttpRoutePolicy.TYPE.key(World.MESH, "front"))
                .flatMap(route -> route.status(RouteStatus.class))
                .map(RouteStatus::conditions)
                .orElse(List.of())
                .stream()
                .filter(found -> found.reason().equals(reason))
                .map(Condition::message)
                .findFirst()
                .orElse("");
    }

    @Test
    void aChangedWeightIsOneRouteConfigurationAndMovesNothingElse() {
        world.put(World.dataplane("cart-1", "cart", "127.0.0.9", List.of(), InboundState.READY));
        world.put(World.dataplane("shop-1", "shop", "127.0.0.8", List.of(), InboundState.READY));
        world.put(captured("web-1", "web", "127.0.0.1", null));
        world.put(World.dataplane("other-1", "other", "127.0.0.2", List.of("shop"), InboundState.READY));
        FakeProxy web = world.connect("web-1");
        FakeProxy other = world.connect("other-1");
        world.apply(FRONT);
        world.apply(route("MeshService", "cart", 1));
        eventually(
                "web is told of the route",
                () -> web.holds()
                        .map(config -> config.set(TypeUrl.ROUTE).get("kri_msvc_default_default__front_80"))
                        .isPresent());
        world.quiet();
        ProxyConfig before = web.holds().orElseThrow();
        ProxyConfig untouched = other.holds().orElseThrow();

        world.apply(route("MeshService", "cart", 7));

        eventually("web has the new one", () -> web.holds().orElseThrow() != before);
        world.quiet();
        assertThat(moved(before, web.holds().orElseThrow()))
                .containsExactly("ROUTE kri_msvc_default_default__front_80");
        assertThat(moved(untouched, other.holds().orElseThrow())).isEmpty();
    }

    @Test
    void aNewServiceIsOneClusterOneListenerAndOneName() {
        world.names("plain", "{{ .DisplayName }}.svc.mesh.local", Map.of());
        world.put(World.dataplane("cart-1", "cart", "127.0.0.9", List.of(), InboundState.READY));
        world.put(captured("web-1", "web", "127.0.0.1", null));
        FakeProxy web = world.connect(
                "web-1", true, Map.of("features", List.of("feature-no-agent"), "dataplane.dns.port", "15053"));
        eventually("web knows the name of cart", () -> names(web).contains("cart.svc.mesh.local"));
        world.quiet();
        ProxyConfig before = web.holds().orElseThrow();

        world.put(World.dataplane("shop-1", "shop", "127.0.0.8", List.of(), InboundState.READY));

        eventually("web knows the name of shop", () -> names(web).contains("shop.svc.mesh.local"));
        world.quiet();
        assertThat(moved(before, web.holds().orElseThrow()))
                .containsExactly(
                        "CLUSTER kri_msvc_default_default__shop_8080",
                        "ENDPOINT kri_msvc_default_default__shop_8080",
                        "LISTENER kri_msvc_default_default__shop_8080",
                        "LISTENER system_dns",
                        "ROUTE kri_msvc_default_default__shop_8080");
    }

    /// What the listener that answers for names knows, as its bytes show it.
    private static String names(FakeProxy proxy) {
        return proxy.holds()
                .map(config -> config.set(TypeUrl.LISTENER).get("system_dns"))
                .map(listener -> new String(listener.bytes().array(), StandardCharsets.ISO_8859_1))
                .orElse("");
    }

    /// From the service `front` to another one.
    static String route(String kind, String name, int weight) {
        return """
                type: MeshHTTPRoute
                mesh: default
                name: front
                spec:
                  to:
                    - targetRef: {kind: MeshService, labels: {kuma.io/display-name: front}}
                      rules:
                        - matches: [{path: {type: PathPrefix, value: /}}]
                          default:
                            backendRefs:
                              - {kind: %s, labels: {kuma.io/display-name: %s}, port: 8080, weight: %d}
                              - {kind: MeshService, labels: {kuma.io/display-name: front}, port: 80, weight: 3}
                """.formatted(kind, name, weight);
    }
}
