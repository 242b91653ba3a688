package io.higuma.engine;

import static io.higuma.engine.World.eventually;
import static io.higuma.engine.World.key;
import static org.assertj.core.api.Assertions.assertThat;

import io.higuma.model.Labels;
import io.higuma.model.Resource;
import io.higuma.model.core.CoreTypes;
import io.higuma.model.core.DataplaneSpec.InboundState;
import io.higuma.model.core.MeshServiceStatus;
import io.higuma.model.core.SecretSpec;
import io.higuma.model.wire.Bytes;
import io.higuma.model.wire.ResourceSet;
import io.higuma.model.wire.TypeUrl;
import io.higuma.xds.Refusal;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class MeshEngineTest extends InAWorld {

    @Test
    void aServiceIsMadeForEachWorkloadWithAnAddressOfItsOwn() {
        server("cart-1", "cart", "127.0.0.2");
        server("web-1", "web", "127.0.0.3");
        eventually(
                "both services have an address",
                () -> vip("cart").startsWith("241.")
                        && vip("web").startsWith("241.")
                        && world.store
                                .get(CoreTypes.WORKLOAD.key(World.MESH, "web"))
                                .isPresent());

        assertThat(vip("cart")).isNotEqualTo(vip("web"));
    }

    @Test
    void anEndpointChangeReachesSubscribersOnlyAndComputesNoPlan() {
        server("cart-1", "cart", "127.0.0.2");
        server("cart-2", "cart", "127.0.0.3");
        caller("web-1", "cart");
        caller("other-1");
        FakeProxy web = world.connect("web-1");
        FakeProxy other = world.connect("other-1");
        eventually("web sees both", () -> web.sees("cart", "127.0.0.2") && web.sees("cart", "127.0.0.3"));
        world.quiet();
        long plans = world.engine.compilations();
        int others = other.offers();
        int mine = web.offers();

        world.put(World.dataplane("cart-2", "cart", "127.0.0.3", List.of(), InboundState.NOT_READY));

        eventually("web sees one", () -> !web.sees("cart", "127.0.0.3"));
        world.quiet();
        assertThat(world.engine.compilations()).isEqualTo(plans);
        assertThat(other.offers()).isEqualTo(others);
        assertThat(web.offers()).isEqualTo(mine + 1);
    }

    @Test
    void whatTwoProxiesCallIsThereOnceForBothAsLongAsTheSamePoliciesSelectThem() {
        // Given two proxies that call the same
        server("cart-1", "cart", "127.0.0.2");
        caller("web-1", "cart");
        caller("shop-1", "cart");
        FakeProxy web = world.connect("web-1");
        FakeProxy shop = world.connect("shop-1");
        eventually("both see cart", () -> web.sees("cart", "127.0.0.2") && shop.sees("cart", "127.0.0.2"));
        world.quiet();
        assertThat(routes(web)).isSameAs(routes(shop));
        ResourceSet before = routes(web);

        // When a policy selects both, they go on sharing
        requestTimeout("Mesh", "4s");
        eventually(
                "the policy is there",
                () -> !routes(web).equals(before) && !routes(shop).equals(before));
        world.quiet();
        assertThat(routes(web)).isSameAs(routes(shop));
        ResourceSet between = routes(web);

        // When it selects one, the other is as it was
        requestTimeout("Dataplane, labels: {kuma.io/workload: web}", "4s");
        eventually("shop is as before", () -> routes(shop).equals(before));
        world.quiet();
        assertThat(routes(web)).isEqualTo(between);
    }

    private void requestTimeout(String target, String time) {
        world.apply("""
                type: MeshTimeout
                mesh: default
                name: calls
                spec:
                  targetRef: {kind: %s}
                  to:
                    - targetRef: {kind: Mesh}
                      default: {http: {requestTimeout: %s}}
                """.formatted(target, time));
    }

    /// What the proxy has in common with others.
    private static ResourceSet routes(FakeProxy proxy) {
        return proxy.holds().orElseThrow().set(TypeUrl.ROUTE).base().orElseThrow();
    }

    @Test
    void aPolicyForOneProxyTouchesOneAndAnUnrelatedSecretNone() {
        caller("web-1");
        caller("other-1");
        FakeProxy web = world.connect("web-1");
        FakeProxy other = world.connect("other-1");
        eventually("both hold something", () -> web.offers() > 0 && other.offers() > 0);
        world.quiet();
        long plans = world.engine.compilations();
        int others = other.offers();

        long revision = world.timeout("slow", Map.of(Labels.WORKLOAD, "web"), Duration.ofSeconds(7));
        world.put(CoreTypes.SECRET, "mine", Map.of(), new SecretSpec(Bytes.wrap(new byte[] {1})));

        eventually(
                "the receipt is complete",
                () -> world.engine
                        .receipt(revision)
                        .filter(receipt -> receipt.running() == 1 && receipt.complete())
                        .isPresent());
        world.quiet();
        assertThat(world.engine.compilations()).isEqualTo(plans + 1);
        assertThat(other.offers()).isEqualTo(others);
        assertThat(world.engine.receipt(revision).orElseThrow().concerned()).isEqualTo(1);
    }

    @Test
    void anEndpointIsAnnouncedWhenItsEnvoyListensAndLeavesWithItsStream() {
        caller("web-1", "cart");
        FakeProxy web = world.connect("web-1");
        FakeProxy cart = world.connect("cart-1", false, Map.of("dataplane.resource", "cart"));
        eventually("cart is offered its listeners", () -> cart.offers() > 0);
        world.quiet();
        assertThat(web.sees("cart", "127.0.0.9")).isFalse();

        cart.acknowledge(cart.holds().orElseThrow());
        eventually("cart is announced", () -> web.sees("cart", "127.0.0.9"));

        cart.close();
        eventually("cart is withdrawn", () -> !web.sees("cart", "127.0.0.9"));
        eventually("cart is deregistered", () -> world.store.get(key("cart-1")).isEmpty());
    }

    @Test
    void aNewerStreamTakesOverAndTheOlderIsTold() {
        caller("web-1");
        FakeProxy first = world.connect("web-1");
        eventually("the first is served", () -> first.offers() > 0);
        FakeProxy second = world.connect("web-1");

        eventually("the second is served", () -> second.offers() > 0);
        assertThat(first.refusal().map(Refusal::code)).contains(Refusal.Code.ABORTED);
        first.close();
        assertThat(world.engine.proxies()).hasSize(1);
    }

    @Test
    void aProxyWithoutDataplaneWaitsAndIsThenRefused() {
        FakeProxy early = world.connect("late-1");
        caller("late-1");
        eventually("it is served once its Dataplane is there", () -> early.offers() > 0);

        FakeProxy never = world.connect("never");
        eventually("it is refused", () -> never.refusal().isPresent());
        assertThat(never.refusal().orElseThrow().code()).isEqualTo(Refusal.Code.NOT_FOUND);
        assertThat(never.refusal().orElseThrow().message()).contains("never");
    }

    @Test
    void whatEnvoyRefusesIsShownAndOthersGoOn() {
        caller("web-1");
        caller("other-1");
        FakeProxy web = world.connect("web-1", false, Map.of());
        FakeProxy other = world.connect("other-1");
        eventually("web is offered something", () -> web.offers() > 0 && other.offers() > 0);
        world.quiet();
        web.acknowledge(web.holds().orElseThrow());
        int before = web.offers();

        long revision = world.timeout("all", Map.of(), Duration.ofSeconds(9));
        eventually("web is offered the policy", () -> web.offers() > before);
        web.reject(web.holds().orElseThrow(), "no such filter");

        eventually(
                "the receipt names it",
                () -> world.engine
                        .receipt(revision)
                        .filter(receipt -> receipt.running() == 1
                                && receipt.refused()
                                        .equals(List.of(new Receipt.Refused("default/web-1", "no such filter"))))
                        .isPresent());
        assertThat(world.engine.proxies().stream()
                        .filter(proxy -> proxy.dataplane().name().equals("web-1"))
                        .findFirst()
                        .orElseThrow()
                        .problem())
                .contains("no such filter");

        // A newer revision carries it on, but Envoy refused once
        int refused = web.offers();
        long newer = world.timeout("all", Map.of(), Duration.ofSeconds(8));
        eventually("web is offered the newer policy", () -> web.offers() > refused);
        web.rejectStill(web.holds().orElseThrow(), "no such filter");
        eventually(
                "its receipt names it too",
                () -> world.engine
                        .receipt(newer)
                        .filter(receipt -> receipt.refused()
                                .equals(List.of(new Receipt.Refused("default/web-1", "no such filter"))))
                        .isPresent());
        assertThat(world.engine.measures().refusals(TypeUrl.LISTENER)).isEqualTo(1);
    }

    @Test
    void serversAcceptBothBeforeCallersBeginAndPolicyRulesWhenAllHaveBegun() {
        server("cart-1", "cart", "127.0.0.2");
        caller("web-1", "cart");
        FakeProxy cart = world.connect("cart-1", false, Map.of());
        FakeProxy web = world.connect("web-1", false, Map.of());
        eventually("both are offered something", () -> cart.offers() > 0 && web.offers() > 0);
        world.quiet();
        settle(cart);
        settle(web);
        world.identity();

        eventually("cart is offered its certificate", () -> secrets(cart) == 2);
        world.quiet();
        assertThat(world.tlsReady("cart")).isFalse();
        settle(cart);

        eventually("the service is ready", () -> world.tlsReady("cart"));
        world.quiet();
        int before = cart.offers();
        settle(web);
        eventually("cart is told that policies rule", () -> cart.offers() > before);
    }

    @Test
    void aProxyThatCannotBeCompiledKeepsWhatItHasAndIsReported() {
        server("cart-1", "cart", "127.0.0.2");
        caller("web-1", "cart");
        FakeProxy web = world.connect("web-1");
        eventually("web sees cart", () -> web.sees("cart", "127.0.0.2"));
        world.quiet();
        var listeners = web.holds().orElseThrow().set(TypeUrl.LISTENER);

        Resource clashing = World.dataplane("web-1", "web", "127.0.0.1", List.of("cart", "cart"), InboundState.READY);
        var networking = clashing.spec(io.higuma.model.core.DataplaneSpec.class).networking();
        var twice = new io.higuma.model.core.DataplaneSpec(new io.higuma.model.core.DataplaneSpec.Networking(
                networking.address(),
                networking.admin(),
                networking.inbound(),
                List.of(networking.outbound().getFirst(), networking.outbound().getFirst()),
                networking.gateway(),
                networking.listeners(),
                networking.transparentProxying()));
        world.put(new Resource(clashing.type(), clashing.key(), clashing.meta(), twice, clashing.status()));

        eventually(
                "it is reported",
                () -> world.engine.proxies().getFirst().problem().isPresent());
        assertThat(web.holds().orElseThrow().set(TypeUrl.LISTENER)).isEqualTo(listeners);
        server("cart-2", "cart", "127.0.0.3");
        eventually("endpoints still reach it", () -> web.sees("cart", "127.0.0.3"));
    }

    private static int secrets(FakeProxy proxy) {
        return proxy.holds().map(config -> config.set(TypeUrl.SECRET).size()).orElse(0);
    }

    private static void settle(FakeProxy proxy) {
        proxy.acknowledge(proxy.holds().orElseThrow());
    }

    private String vip(String service) {
        return world.store
                .get(CoreTypes.MESH_SERVICE.key(World.MESH, service))
                .flatMap(resource -> resource.status(MeshServiceStatus.class))
                .filter(status -> !status.vips().isEmpty())
                .map(status -> status.vips().getFirst().ip())
                .orElse("");
    }

    private void caller(String name, String... calls) {
        world.put(World.dataplane(
                name, name.substring(0, name.indexOf('-')), "127.0.0.1", List.of(calls), InboundState.READY));
    }
}
