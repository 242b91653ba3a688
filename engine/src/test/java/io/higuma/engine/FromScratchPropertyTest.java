package io.higuma.engine;

import static io.higuma.engine.World.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.higuma.model.Labels;
import io.higuma.model.core.DataplaneSpec.InboundState;
import io.higuma.model.wire.ProxyConfig;
import io.higuma.model.wire.TypeUrl;
import io.higuma.policies.timeout.MeshTimeoutPolicy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Whatever happened in whatever order: in the end every stream holds what a computation from nothing gives.
class FromScratchPropertyTest {

    private static final List<String> WORKLOADS = List.of("cart", "web", "shop");

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void everyStreamHoldsWhatComputationFromNothingGives(long seed) {
        Random random = new Random(seed);
        try (World world = new World()) {
            Map<String, List<FakeProxy>> streams = new HashMap<>();
            for (int step = 0; step < 120; step++) {
                step(world, streams, random);
            }
            world.quiet();

            for (ProxyStatus proxy : world.engine.proxies()) {
                List<FakeProxy> open = streams.get(proxy.dataplane().name()).stream()
                        .filter(FakeProxy::isOpen)
                        .toList();
                assertThat(open)
                        .as("one stream has the name of %s, older ones were refused", proxy)
                        .hasSize(1);
                FakeProxy stream = open.getFirst();
                eventually("an offer reached " + proxy, () -> stream.holds().isPresent());
                world.quiet();
                ProxyConfig held = stream.holds().orElseThrow();
                ProxyConfig right = world.engine.fromScratch(proxy.dataplane()).orElseThrow();
                for (TypeUrl type : TypeUrl.values()) {
                    assertThat(held.set(type)).as("%s of %s", type, proxy).isEqualTo(right.set(type));
                }
            }
        }
    }

    private static void step(World world, Map<String, List<FakeProxy>> streams, Random random) {
        int number = random.nextInt(5);
        String workload = WORKLOADS.get(random.nextInt(3));
        String name = workload + "-" + number;
        switch (random.nextInt(9)) {
            case 0, 1, 2, 3 ->
                world.put(World.dataplane(
                        name,
                        workload,
                        "127.0.1." + number,
                        random.nextBoolean() ? List.of() : List.of(WORKLOADS.get(random.nextInt(3))),
                        random.nextBoolean() ? InboundState.READY : InboundState.NOT_READY));
            case 4, 5 -> streams.computeIfAbsent(name, n -> new ArrayList<>()).add(world.connect(name));
            case 6 -> {
                List<FakeProxy> all = streams.getOrDefault(name, List.of());
                if (!all.isEmpty()) {
                    all.getLast().close();
                }
            }
            case 7 ->
                world.timeout(
                        "t" + random.nextInt(2),
                        random.nextBoolean() ? Map.of() : Map.of(Labels.WORKLOAD, workload),
                        Duration.ofSeconds(1 + random.nextInt(5)));
            default -> {
                if (random.nextInt(3) == 0) {
                    world.identity();
                } else if (random.nextBoolean()) {
                    world.delete(World.key(name));
                } else {
                    world.delete(MeshTimeoutPolicy.TYPE.key(World.MESH, "t0"));
                }
            }
        }
    }
}
