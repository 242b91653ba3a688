package io.higuma.envoy;

import static org.assertj.core.api.Assertions.assertThat;

import io.envoyproxy.envoy.config.endpoint.v3.ClusterLoadAssignment;
import io.higuma.model.wire.TypeUrl;
import io.higuma.model.wire.WireResource;
import java.lang.ref.Reference;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jetbrains.lincheck.datastructures.IntGen;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;
import org.jetbrains.lincheck.datastructures.StressOptions;
import org.junit.jupiter.api.Test;

/// The interner under threads that want the same things at once: whoever asks gets the one object that is held.
@Param(name = "key", gen = IntGen.class, conf = "1:2")
public class InternerLincheckTest {

    private final Interner interner = new Interner();

    /// What was given out first, and held ever since.
    private final Map<Integer, WireResource> given = new ConcurrentHashMap<>();

    /// Whether the same object came as to whoever asked first.
    @Operation
    public boolean intern(@Param(name = "key") int key) {
        WireResource mine = intern(interner, key);
        WireResource first = given.putIfAbsent(key, mine);
        return first == null || first == mine;
    }

    private static WireResource intern(Interner interner, int key) {
        return interner.intern(
                TypeUrl.ENDPOINT,
                "c" + key,
                key,
                k -> ClusterLoadAssignment.newBuilder().setClusterName("c" + k).build());
    }

    /// What is seen from outside if nobody is in anybody's way.
    public static final class Alone {
        public boolean intern(int key) {
            return true;
        }
    }

    @Test
    void equalInputsAreOneObjectForAllThreads() {
        new StressOptions()
                .threads(2)
                .actorsPerThread(3)
                .actorsBefore(0)
                .actorsAfter(0)
                .iterations(4)
                .invocationsPerIteration(300)
                .sequentialSpecification(Alone.class)
                .check(InternerLincheckTest.class);
    }

    @Test
    void whatIsHeldStaysTheSame() {
        Interner mine = new Interner();
        List<WireResource> held = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            held.add(intern(mine, i));
        }

        for (int i = 0; i < 100; i++) {
            assertThat(intern(mine, i)).isSameAs(held.get(i));
        }
        assertThat(mine.size()).isEqualTo(100);
        Reference.reachabilityFence(held);
    }
}
