package io.higuma.engine;

import static io.higuma.engine.World.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.higuma.model.Labels;
import io.higuma.model.Resource;
import io.higuma.model.core.DataplaneSpec;
import io.higuma.model.core.DataplaneSpec.InboundState;
import io.higuma.model.wire.TypeUrl;
import io.higuma.policies.timeout.MeshTimeoutPolicy;
import io.higuma.store.Change;
import io.higuma.store.Expectation;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// One proxy that cannot be compiled costs the others nothing, and what is wrong is said where people look.
class QuarantineTest extends InAWorld {

    private static final int OTHERS = 200;

    @Test
    void amongTwoHundredTheOthersGetTheirsAndNothingIsTriedTwice() {
        world.put(World.dataplane("cart-1", "cart", "127.0.0.2", List.of(), InboundState.READY));
        world.put(clashing("bad-1"));
        // before the service is there, its two listeners are none, and nothing clashes
        world.quiet();
        List<FakeProxy> others = new ArrayList<>();
        for (int i = 0; i < OTHERS; i++) {
            world.put(World.dataplane("web-" + i, "web", "127.0.0.1", List.of("cart"), InboundState.READY));
            others.add(world.connect("web-" + i));
        }
        FakeProxy bad = world.connect("bad-1");
        eventually("all others see cart", () -> others.stream().allMatch(proxy -> proxy.sees("cart", "127.0.0.2")));
        world.quiet();
        long plans = world.engine.compilations();
        List<Integer> offers = others.stream().map(FakeProxy::offers).toList();

        long revision = world.timeout("all", Map.of(), Duration.ofSeconds(9));

        Receipt receipt =
                world.engine.receipt(revision, Duration.ofSeconds(8)).join().orElseThrow();
        assertThat(receipt.counts()).isEqualTo(new Receipt.Counts(OTHERS + 1, OTHERS, 1, 0));
        assertThat(receipt.refused()).singleElement().satisfies(refused -> {
            assertThat(refused.proxy()).isEqualTo("default/bad-1");
            assertThat(refused.message()).contains("both want 127.0.0.1:20000");
        });
        world.quiet();
        assertThat(world.engine.compilations())
                .as("one plan per proxy, the bad one included")
                .isEqualTo(plans + OTHERS + 1);
        assertThat(others.stream().map(FakeProxy::offers).toList())
                .isEqualTo(offers.stream().map(count -> count + 1).toList());
        assertThat(bad.offers()).isZero();

        world.put(World.dataplane("cart-2", "cart", "127.0.0.3", List.of(), InboundState.READY));
        eventually(
                "endpoints reach the others", () -> others.stream().allMatch(proxy -> proxy.sees("cart", "127.0.0.3")));
        world.quiet();
        assertThat(world.engine.compilations()).as("endpoints cost no plan").isEqualTo(plans + OTHERS + 1);
        eventually("nothing waits", () -> world.engine.load().queued() == 0);
        assertThat(world.engine.troubles()).singleElement().satisfies(trouble -> {
            assertThat(trouble.proxies()).containsExactly("default/bad-1");
            assertThat(trouble.origin()).isEqualTo("Dataplane default/bad-1");
        });
    }

    @Test
    void whatCannotBeMadeIsLaidToThePolicyAndGoesAwayWithIt() {
        world.put(World.dataplane("cart-1", "cart", "127.0.0.2", List.of(), InboundState.READY));
        FakeProxy cart = world.connect("cart-1");
        eventually("cart holds something", () -> cart.offers() > 0);
        world.quiet();
        var held = cart.holds().orElseThrow().set(TypeUrl.CLUSTER);

        long revision = world.timeout("impossible", Map.of(), Duration.ofSeconds(-1));

        eventually("it is reported", () -> !world.engine.troubles().isEmpty());
        assertThat(world.engine.troubles()).singleElement().satisfies(trouble -> {
            assertThat(trouble.message()).contains("Envoy would refuse it");
            assertThat(trouble.byEnvoy()).isFalse();
            assertThat(trouble.policies()).singleElement().asString().contains("impossible");
        });
        assertThat(cart.holds().orElseThrow().set(TypeUrl.CLUSTER)).isEqualTo(held);
        assertThat(world.engine.receipt(revision).orElseThrow().counts()).isEqualTo(new Receipt.Counts(1, 0, 1, 0));

        world.delete(MeshTimeoutPolicy.TYPE.key(World.MESH, "impossible"));

        eventually("nothing is wrong any more", () -> world.engine.troubles().isEmpty());
        eventually(
                "who runs the newest runs the older one too",
                () -> world.engine.receipt(revision).orElseThrow().complete());
    }

    @Test
    void aRefusalOfEnvoyNamesThePoliciesOfWhatItRefused() {
        world.put(World.dataplane("web-1", "web", "127.0.0.1", List.of(), InboundState.READY));
        FakeProxy web = world.connect("web-1", false, Map.of());
        eventually("web is offered something", () -> web.offers() > 0);
        world.quiet();
        web.acknowledge(web.holds().orElseThrow());
        int before = web.offers();
        world.timeout("mine", Map.of(Labels.WORKLOAD, "web"), Duration.ofSeconds(7));
        eventually("web is offered the policy", () -> web.offers() > before);

        web.reject(web.holds().orElseThrow(), List.of("self_inbound_dp_8080"), "no such filter");

        eventually("it is reported", () -> !world.engine.troubles().isEmpty());
        assertThat(world.engine.troubles()).singleElement().satisfies(trouble -> {
            assertThat(trouble.byEnvoy()).isTrue();
            assertThat(trouble.policies()).singleElement().asString().contains("mine");
        });
    }

    @Test
    void aPreviewShowsWhatAChangeWouldBringAndChangesNothing() {
        world.put(World.dataplane("cart-1", "cart", "127.0.0.2", List.of(), InboundState.READY));
        world.put(World.dataplane("web-1", "web", "127.0.0.1", List.of("cart"), InboundState.READY));
        FakeProxy web = world.connect("web-1");
        FakeProxy cart = world.connect("cart-1");
        eventually("web sees cart", () -> web.sees("cart", "127.0.0.2") && cart.offers() > 0);
        world.quiet();
        long plans = world.engine.compilations();
        long revision = world.store.revision();
        int offers = web.offers();

        Preview harmless = world.engine.preview(
                List.of(put(World.timeoutPolicy("t", Map.of(Labels.WORKLOAD, "web"), Duration.ofSeconds(3)))), 5);
        Preview breaking = world.engine.preview(List.of(put(clashing("web-1"))), 5);
        Preview moved = world.engine.preview(
                List.of(put(World.dataplane("cart-1", "cart", "127.0.0.7", List.of(), InboundState.READY))), 5);
        Preview nobody = world.engine.preview(
                List.of(put(World.timeoutPolicy("t", Map.of(Labels.WORKLOAD, "other"), Duration.ofSeconds(3)))), 5);

        assertThat(harmless.concerned()).isEqualTo(1);
        assertThat(harmless.sample()).singleElement().satisfies(proxy -> {
            assertThat(proxy.key()).isEqualTo(World.key("web-1"));
            assertThat(proxy.breaks()).isFalse();
            assertThat(proxy.after()).isPresent().isNotEqualTo(proxy.before());
            assertThat(List.of(TypeUrl.values()))
                    .allSatisfy(type -> assertThat(proxy.before().orElseThrow().set(type))
                            .isEqualTo(web.holds().orElseThrow().set(type)));
        });
        assertThat(breaking.sample()).singleElement().satisfies(proxy -> {
            assertThat(proxy.breaks()).isTrue();
            assertThat(proxy.problem().orElseThrow()).contains("both want 127.0.0.1:20000");
        });
        assertThat(moved.sample())
                .extracting(Preview.Proxy::key)
                .containsExactly(World.key("cart-1"), World.key("web-1"));
        assertThat(nobody.concerned()).isZero();
        world.quiet();
        assertThat(world.engine.compilations()).isEqualTo(plans);
        assertThat(world.store.revision()).isEqualTo(revision);
        assertThat(web.offers()).isEqualTo(offers);
    }

    private static Change put(Resource resource) {
        return new Change.Put(resource, Expectation.ANYTHING);
    }

    /// A dataplane two of whose listeners want one place.
    private static Resource clashing(String name) {
        Resource plain = World.dataplane(name, name.substring(0, 3), "127.0.0.1", List.of("cart"), InboundState.READY);
        DataplaneSpec.Networking networking = plain.spec(DataplaneSpec.class).networking();
        DataplaneSpec twice = new DataplaneSpec(new DataplaneSpec.Networking(
                networking.address(),
                networking.admin(),
                networking.inbound(),
                List.of(networking.outbound().getFirst(), networking.outbound().getFirst()),
                networking.gateway(),
                networking.listeners(),
                networking.transparentProxying()));
        return new Resource(plain.type(), plain.key(), plain.meta(), twice, plain.status());
    }
}
