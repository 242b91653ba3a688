package io.higuma.xds;

import static org.assertj.core.api.Assertions.assertThat;

import io.higuma.model.wire.Bytes;
import io.higuma.model.wire.ResourceSet;
import io.higuma.model.wire.TypeUrl;
import io.higuma.model.wire.WireResource;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.SortedMap;
import org.junit.jupiter.api.Test;

class DifferencesTest {

    private static final int ROUNDS = 500;
    private static final int NAMES = 8;

    @Test
    void everyNameInWhichTwoSetsDifferIsNamedWhateverTheyStandOn() {
        Random random = new Random(5);
        Differences differences = new Differences();
        ResourceSet from = ResourceSet.EMPTY;
        for (int round = 0; round < ROUNDS; round++) {
            // Given a step to another set, whose resources may have moved to or from the shared part
            ResourceSet to = set(random);

            // When the two are compared
            Differences.Step step = differences.between(TypeUrl.CLUSTER, from, to);
            List<String> named = step.names();

            // Then each name that differs is named, and none twice
            assertThat(named).doesNotHaveDuplicates();
            for (int i = 0; i < NAMES; i++) {
                String name = "c" + i;
                if (!Objects.equals(from.get(name), to.get(name))) {
                    assertThat(named).contains(name);
                }
            }
            // And a step that is whole leads from the one to the other, with nothing said twice
            if (step.whole()) {
                SortedMap<String, WireResource> held = from.byName();
                step.resources()
                        .forEach(resource ->
                                assertThat(held.put(resource.name(), resource)).isNotEqualTo(resource));
                assertThat(held).isEqualTo(to.byName());
            }
            from = to;
        }
    }

    @Test
    void setsOnSharedOnesAreComparedOnceForAllStreams() {
        // Given two proxies that share most of what they hold, and a change of the shared part
        ResourceSet before = ResourceSet.of(List.of(cluster("shared", 1)));
        ResourceSet after = ResourceSet.of(List.of(cluster("shared", 2)));
        Differences differences = new Differences();

        // When both streams go over to it
        Differences.Step first =
                differences.between(TypeUrl.CLUSTER, on(before, cluster("own", 1)), on(after, cluster("own", 1)));
        Differences.Step second =
                differences.between(TypeUrl.CLUSTER, on(before, cluster("own", 2)), on(after, cluster("own", 2)));

        // Then both get the one answer
        assertThat(first).isSameAs(second);
        assertThat(first.names()).containsExactly("shared");
        assertThat(first.whole()).isTrue();
    }

    private static ResourceSet set(Random random) {
        List<WireResource> shared = new ArrayList<>();
        List<WireResource> own = new ArrayList<>();
        for (int name = 0; name < NAMES; name++) {
            if (random.nextInt(4) > 0) {
                (random.nextBoolean() ? shared : own).add(cluster("c" + name, random.nextInt(2)));
            }
        }
        return ResourceSet.on(ResourceSet.of(shared), own);
    }

    private static ResourceSet on(ResourceSet base, WireResource own) {
        return ResourceSet.on(base, List.of(own));
    }

    private static WireResource cluster(String name, int content) {
        return WireResource.of(
                TypeUrl.CLUSTER, name, Bytes.wrap(("content-" + content).getBytes(StandardCharsets.UTF_8)));
    }
}
