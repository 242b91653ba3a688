package io.higuma.controlplane;

import static org.assertj.core.api.Assertions.assertThat;

import io.higuma.controlplane.start.History;
import io.higuma.model.Labels;
import io.higuma.model.Resource;
import io.higuma.model.ResourceKey;
import io.higuma.model.ResourceMeta;
import io.higuma.model.core.ConfigSpec;
import io.higuma.model.core.CoreTypes;
import io.higuma.store.Change;
import io.higuma.store.Expectation;
import io.higuma.store.InMemoryResourceStore;
import io.higuma.testkit.Eventually;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class HistoryTest {

    private static final ResourceKey KEY = CoreTypes.CONFIG.key("", "a");

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

            try (History history = new History(store, 5, Duration.ofMillis(20))) {
                Eventually.eventually(
                        "the log is short", () -> store.history(KEY, 100).size(), size -> size == 5);
            }

            assertThat(store.get(KEY).orElseThrow().spec(ConfigSpec.class).config())
                    .isEqualTo("19");
        }
    }

    @Test
    void zeroKeepsEverything() {
        try (InMemoryResourceStore store = new InMemoryResourceStore(InstantSource.system());
                History history = new History(store, 0, Duration.ofMillis(1))) {
            for (int i = 0; i < 200; i++) {
                write(store, Integer.toString(i));
            }

            assertThat(store.history(KEY, 1000)).hasSize(200);
        }
    }
}
