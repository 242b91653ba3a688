package io.higuma.model.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ResourceSetTest {

    private static final int ROUNDS = 300;
    private static final int NAMES = 12;

    @Test
    void aSetOnAnotherIsTheSameAsOneOfAllItsResources() {
        Random random = new Random(11);
        for (int round = 0; round < ROUNDS; round++) {
            // Given some resources of which some are shared
            List<WireResource> shared = new ArrayList<>();
            List<WireResource> own = new ArrayList<>();
            for (int name = 0; name < NAMES; name++) {
                if (random.nextBoolean()) {
                    (random.nextBoolean() ? shared : own).add(cluster("c" + name, random.nextInt(3)));
                }
            }
            List<WireResource> all = new ArrayList<>(shared);
            all.addAll(own);

            // When the own ones are put on the shared ones
            ResourceSet flat = ResourceSet.of(all);
            ResourceSet layered = ResourceSet.on(ResourceSet.of(shared), own);

            // Then nobody can tell the difference
            assertThat(layered).isEqualTo(flat).hasSameHashCodeAs(flat).hasToString(flat.toString());
            assertThat(layered.resources()).isEqualTo(flat.resources());
            assertThat(layered.byName()).isEqualTo(flat.byName());
            assertThat(layered.size()).isEqualTo(flat.size());
            for (int name = 0; name < NAMES; name++) {
                assertThat(layered.get("c" + name)).isEqualTo(flat.get("c" + name));
            }
        }
    }

    @Test
    void setsThatDifferAreNotEqual() {
        ResourceSet base = ResourceSet.of(List.of(cluster("a", 1), cluster("b", 1)));

        assertThat(ResourceSet.on(base, List.of(cluster("c", 1))))
                .isNotEqualTo(ResourceSet.on(base, List.of(cluster("c", 2))))
                .isNotEqualTo(base);
    }

    @Test
    void aNameIsThereOnce() {
        ResourceSet base = ResourceSet.of(List.of(cluster("a", 1)));

        assertThatThrownBy(() -> ResourceSet.on(base, List.of(cluster("a", 2))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("two resources are called a");
        assertThatThrownBy(() -> ResourceSet.of(List.of(cluster("a", 1), cluster("a", 2))))
                .hasMessage("two resources are called a");
    }

    private static WireResource cluster(String name, int content) {
        return WireResource.of(
                TypeUrl.CLUSTER, name, Bytes.wrap(("content-" + content).getBytes(StandardCharsets.UTF_8)));
    }
}
