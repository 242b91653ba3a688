package io.higuma.engine;

import static io.higuma.engine.World.backend;
import static io.higuma.engine.World.captured;
import static io.higuma.engine.World.eventually;
import static org.assertj.core.api.Assertions.assertThat;

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
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/// Proxies whose traffic is redirected call every service of the mesh at its virtual address.
class VirtualReachTest extends InAWorld {

    @Test
    void aRedirectedProxyIsToldOfEveryServiceAndSharesWhatItHolds() {
        server("cart-1", "cart");
        server("shop-1", "shop");
        world.put(captured("web-1", "web", "127.0.0.1", null));
        world.put(captured("web-2", "web", "127.0.0.2", null));
        FakeProxy one = world.connect("web-1");
        FakeProxy two = world.connect("web-2");

        eventually(
                "both see both services and their own",
                () -> called(one).equals(Set.of("cart", "shop", "web"))
                        && called(two).equals(Set.of("cart", "shop", "web")));
        world.quiet();
        for (TypeUrl type : List.of(TypeUrl.CLUSTER, TypeUrl.ROUTE, TypeUrl.ENDPOINT, TypeUrl.LISTENER)) {
            outbound(one, type)
                    .forEach((name, resource) ->
                            assertThat(outbound(two, type).get(name)).as(name).isSameAs(resource));
        }
    }

    @Test
    void aNewServiceIsOneClusterOneListenerOneRouteAndOneAssignmentAndANewInstanceTheLatterOnly() {
        server("cart-1", "cart");
        world.put(captured("web-1", "web", "127.0.0.1", null));
        FakeProxy web = world.connect("web-1");
        eventually("web sees cart", () -> web.sees("cart", "127.0.0.9"));
        world.quiet();
        ProxyConfig before = web.holds().orElseThrow();

        server("shop-1", "shop");
        eventually("web sees shop", () -> web.sees("shop", "127.0.0.9"));
        world.quiet();
        ProxyConfig between = web.holds().orElseThrow();
        assertThat(moved(before, between))
                .containsExactly(
                        "CLUSTER kri_msvc_default_default__shop_8080",
                        "ENDPOINT kri_msvc_default_default__shop_8080",
                        "LISTENER kri_msvc_default_default__shop_8080",
                        "ROUTE kri_msvc_default_default__shop_8080");

        long plans = world.engine.compilations();
        world.put(World.dataplane("shop-2", "shop", "127.0.0.8", List.of(), InboundState.READY));
        eventually("web sees the second", () -> web.sees("shop", "127.0.0.8"));
        world.quiet();
        assertThat(moved(between, web.holds().orElseThrow()))
                .containsExactly("ENDPOINT kri_msvc_default_default__shop_8080");
        assertThat(world.engine.compilations()).isEqualTo(plans);
    }

    @Test
    void whatIsNotReachableIsNotToldAndItsChangesMoveNobody() {
        server("cart-1", "cart");
        server("shop-1", "shop");
        ReachableBackend byLabel = new ReachableBackend(
                "MeshService",
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                new TreeMap<>(Map.of("kuma.io/display-name", "late")));
        world.put(captured("web-1", "web", "127.0.0.1", List.of(backend("cart"), byLabel)));
        world.put(captured("mute-1", "mute", "127.0.0.2", List.of()));
        FakeProxy web = world.connect("web-1");
        FakeProxy mute = world.connect("mute-1");
        eventually("web sees cart", () -> called(web).equals(Set.of("cart")));
        eventually("mute is served", () -> mute.offers() > 0);
        world.quiet();
        assertThat(called(mute)).isEmpty();
        long plans = world.engine.compilations();
        int offers = web.offers();

        server("bank-1", "bank");
        eventually(
                "bank is a service",
                () -> world.store
                        .get(CoreTypes.MESH_SERVICE.key(World.MESH, "bank"))
                        .isPresent());
        world.quiet();
        assertThat(world.engine.compilations()).isEqualTo(plans);
        assertThat(web.offers()).isEqualTo(offers);

        server("late-1", "late");
        eventually("web sees what its label names", () -> called(web).equals(Set.of("cart", "late")));
        world.put(captured("web-1", "web", "127.0.0.1", List.of(backend("shop"))));
        eventually("web sees what it may reach now", () -> called(web).equals(Set.of("shop")));
    }

    @Test
    void theLauncherSaysThatItRedirectsOrThatItBinds() {
        server("cart-1", "cart");
        world.put(World.dataplane("web-1", "web", "127.0.0.1", List.of(), InboundState.READY));
        world.put(World.dataplane("web-2", "web", "127.0.0.2", List.of(), InboundState.READY));
        world.put(captured("web-3", "web", "127.0.0.3", null));
        FakeProxy redirected = world.connect(
                "web-1",
                true,
                Map.of(
                        "features",
                        List.of("feature-transparent-proxy-in-dataplane-metadata"),
                        "transparentProxy",
                        Map.of("redirect", Map.of("outbound", Map.of("enabled", true, "port", 15001.0)))));
        FakeProxy off = world.connect(
                "web-3", true, Map.of("features", List.of("feature-transparent-proxy-in-dataplane-metadata")));
        FakeProxy binding = world.connect("web-2", true, Map.of("features", List.of("feature-bind-outbounds")));

        eventually(
                "the redirected one sees both services",
                () -> called(redirected).equals(Set.of("cart", "web")));
        eventually("the others are served", () -> off.offers() > 0 && binding.offers() > 0);
        world.quiet();
        assertThat(called(off)).as("its launcher does not redirect").isEmpty();
        assertThat(called(binding)).as("241.0.0.0/8 cannot be bound").isEmpty();
    }

    @Test
    void aServiceOfSeveralZonesIsCalledAtItsOwnAddressAndFollowsWhatItIsMadeOf() {
        server("cart-1", "cart");
        world.put(captured("web-1", "web", "127.0.0.1", null));
        world.put(
                CoreTypes.MESH_MULTI_ZONE_SERVICE,
                "carts",
                Map.of(),
                new MeshMultiZoneServiceSpec(
                        new MeshMultiZoneServiceSpec.Selector(
                                new LabelSelector(Map.of(Labels.MANAGED_BY, "meshservice-generator"))),
                        List.of(new MeshMultiZoneServiceSpec.Port(Optional.empty(), 8080, Protocol.HTTP))));
        FakeProxy web = world.connect("web-1");

        eventually("web calls it", () -> web.sees("kri_mzsvc_default___carts_8080", "127.0.0.9"));
        world.put(World.dataplane("shop-1", "shop", "127.0.0.7", List.of(), InboundState.READY));
        eventually("a new service is a part of it", () -> web.sees("kri_mzsvc_default___carts_8080", "127.0.0.7"));
        world.put(World.dataplane("shop-1", "shop", "127.0.0.6", List.of(), InboundState.READY));
        eventually(
                "it follows",
                () -> web.sees("kri_mzsvc_default___carts_8080", "127.0.0.6")
                        && !web.sees("kri_mzsvc_default___carts_8080", "127.0.0.7"));
    }

    @Test
    void manyProxiesHoldTheListenersOfOne() {
        for (int service = 0; service < 20; service++) {
            server("s" + service + "-1", "s" + service);
        }
        List<FakeProxy> callers = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            world.put(captured("web-" + i, "web", "127.0.1." + i, null));
            callers.add(world.connect("web-" + i));
        }

        callers.forEach(caller ->
                eventually("it sees all services", () -> called(caller).size() == 21));
        world.quiet();
        Set<Integer> listeners = new TreeSet<>();
        callers.forEach(caller -> outbound(caller, TypeUrl.LISTENER)
                .values()
                .forEach(listener -> listeners.add(System.identityHashCode(listener))));
        assertThat(listeners).hasSizeLessThanOrEqualTo(21);
    }

    private static Map<String, WireResource> outbound(FakeProxy proxy, TypeUrl type) {
        Map<String, WireResource> found = new TreeMap<>();
        proxy.holds()
                .ifPresent(config -> config.set(type).byName().forEach((name, resource) -> {
                    if (name.startsWith("kri_")) {
                        found.put(name, resource);
                    }
                }));
        return found;
    }

    private static Set<String> called(FakeProxy proxy) {
        Set<String> names = new TreeSet<>();
        outbound(proxy, TypeUrl.LISTENER).keySet().forEach(name -> names.add(name.split("_")[5]));
        return names;
    }
}
