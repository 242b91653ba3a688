package io.higuma.store.sql;

import static org.assertj.core.api.Assertions.assertThat;

import io.higuma.model.Labels;
import io.higuma.model.Resource;
import io.higuma.model.ResourceKey;
import io.higuma.model.ResourceMeta;
import io.higuma.model.core.ConfigSpec;
import io.higuma.model.core.CoreTypes;
import io.higuma.store.Revision;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class RecentTest {

    private static final Instant NOW = Instant.parse("2030-01-01T00:00:00Z");

    private final Recent recent = new Recent();

    private static Resource resource(String name, long revision) {
        return new Resource(
                CoreTypes.CONFIG,
                CoreTypes.CONFIG.key("", name),
                new ResourceMeta(Labels.NONE, NOW, NOW, revision),
                new ConfigSpec("text"),
                Optional.empty());
    }

    private static Revision written(Resource resource) {
        return new Revision(resource.meta().revision(), resource.key(), Optional.of(resource), "ann", NOW);
    }

    @Test
    void whatWasWrittenOrReadIsKnownUntilItIsDeleted() {
        Resource one = resource("one", 1);
        Resource two = resource("two", 2);
        recent.committed(List.of(written(one)));
        recent.read(two, recent.commits());

        assertThat(recent.get(one.key())).contains(one);
        assertThat(recent.get(two.key())).contains(two);

        recent.committed(List.of(new Revision(3, one.key(), Optional.empty(), "ann", NOW)));

        assertThat(recent.get(one.key())).isEmpty();
    }

    @Test
    void whatWasReadWhileSomethingWasCommittedIsNotKept() {
        Resource old = resource("one", 1);
        long before = recent.commits();
        recent.committed(List.of(written(resource("one", 2))));
        recent.read(old, before);

        assertThat(recent.get(old.key())).contains(resource("one", 2));
    }

    @Test
    void afterAFailureNothingIsTakenForKnown() {
        Resource one = resource("one", 1);
        recent.committed(List.of(written(one)));
        long before = recent.commits();
        recent.forget();
        recent.read(one, before);

        assertThat(recent.get(one.key())).isEmpty();
    }

    @Test
    void onlyTheLastOnesAreKept() {
        for (int i = 0; i < 1000; i++) {
            recent.committed(List.of(written(resource("c" + i, i))));
        }

        assertThat(recent.get(ResourceKey.global("Config", "c0"))).isEmpty();
        assertThat(recent.get(ResourceKey.global("Config", "c999"))).isPresent();
    }
}
