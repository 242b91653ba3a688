package io.higuma.controlplane;

import static org.assertj.core.api.Assertions.assertThat;

import io.higuma.controlplane.start.History;
import io.higuma.model.Labels;
import io.higuma.model.Resource;
import io.higuma.model.ResourceKey;
import io.higuma.model.ResourceMeta;
import io.higuma.model.core.ConfigSpec;
import io.higuma.model.core.CoreTypes;
import io.higuma.model.core.MeshServiceSpec;
import io.higuma.store.Change;
import io.higuma.store.Expectation;
import io.higuma.store.InMemoryResourceStore;
import io.higuma.testkit.Eventually;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class HistoryTest {

    private static final ResourceKey KEY = CoreTypes.CONFIG.key("", "a");
    private static final Duration REST = Duration.ofHours(1);

    private static void write(InMemoryResourceStore store, String value) {
        store.commit(
                List.of(new Change.Put(
                        new Resource(
                                CoreTypes.CONFIG,
                                KEY,
                                ResourceMeta.unstored(Labels.NONE),
                                new ConfigSpec(value),
                                Optional.empty()),
                        Expectation.ANYTHING)),
                "test");
    }

    @Test
    void oldRevisionsAreForgottenAndWhatIsThereIsNot() {
        try (InMemoryResourceStore store = new InMemoryResourceStore(InstantSource.system())) {
            for (int i = 0; i < 20; i++) {
                write(store, Integer.toString(i));
            }

            try (History history = new History(store, 5, REST, Duration.ofMillis(20), InstantSource.system())) {
                Eventually.eventually(
                        "the log is short", () -> store.history(KEY, 100).size(), size -> size == 5);
            }

            assertThat(store.get(KEY).orElseThrow().spec(ConfigSpec.class).config())
                    .isEqualTo("19");
        }
    }

    @Test
    void aRemovedServiceIsKnownWhileItRests() {
        AtomicReference<Instant> clock = new AtomicReference<>(Instant.parse("2030-01-01T00:00:00Z"));
        try (InMemoryResourceStore store = new InMemoryResourceStore(clock::get)) {
            Instant start = clock.get();
            ResourceKey cart = CoreTypes.MESH_SERVICE.key("default", "cart");
            store.commit(List.of(new Change.Put(service(cart), Expectation.ANYTHING)), "test");
            store.commit(List.of(new Change.Delete(cart, Expectation.ANYTHING)), "test");
            for (int i = 0; i < 20; i++) {
                write(store, Integer.toString(i));
            }

            try (History history = new History(store, 5, REST, Duration.ofMillis(20), clock::get)) {
                Eventually.eventually(
                        "the log is short", () -> store.history(KEY, 100).size(), size -> size == 5);
                assertThat(store.deletions(cart.type(), start, 10)).hasSize(1);

                clock.set(start.plus(REST).plusMillis(1));

                Eventually.eventually("it is forgotten", () -> store.deletions(cart.type(), start, 10), List::isEmpty);
            }
        }
    }

    private static Resource service(ResourceKey key) {
        return new Resource(
                CoreTypes.MESH_SERVICE,
                key,
                ResourceMeta.unstored(Labels.NONE),
                new MeshServiceSpec(Optional.empty(), List.of(), List.of(), MeshServiceSpec.State.UNAVAILABLE),
                Optional.empty());
    }

    @Test
    void zeroKeepsEverything() {
        try (InMemoryResourceStore store = new InMemoryResourceStore(InstantSource.system());
                History history = new History(store, 0, REST, Duration.ofMillis(1), InstantSource.system())) {
            for (int i = 0; i < 200; i++) {
                write(store, Integer.toString(i));
            }

            assertThat(store.history(KEY, 1000)).hasSize(200);
        }
    }
}
