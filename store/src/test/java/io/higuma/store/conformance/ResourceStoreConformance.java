package io.higuma.store.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.higuma.model.Labels;
import io.higuma.model.Resource;
import io.higuma.model.ResourceKey;
import io.higuma.model.ResourceMeta;
import io.higuma.model.core.ConfigSpec;
import io.higuma.model.core.CoreTypes;
import io.higuma.store.Change;
import io.higuma.store.Commit;
import io.higuma.store.ConflictException;
import io.higuma.store.Expectation;
import io.higuma.store.ResourceStore;
import io.higuma.store.Revision;
import io.higuma.store.StoreEvent;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// What every [ResourceStore] must do.
public abstract class ResourceStoreConformance {

    protected static final Instant NOW = Instant.parse("2026-02-03T04:05:06.789Z");

    private final AtomicReference<Instant> clock = new AtomicReference<>(NOW);
    private ResourceStore store;

    /// A new, empty store with this clock.
    protected abstract ResourceStore open(InstantSource clock);

    @BeforeEach
    final void openStore() {
        store = open(clock::get);
    }

    @AfterEach
    final void closeStore() {
        store.close();
    }

    protected static Resource config(String name, String value) {
        return new Resource(
                CoreTypes.CONFIG,
                ResourceKey.global("Config", name),
                ResourceMeta.unstored(Labels.of(Map.of("kuma.io/display-name", name))),
                new ConfigSpec(value),
                Optional.empty());
    }

    protected static Change put(String name, String value) {
        return new Change.Put(config(name, value), Expectation.ANYTHING);
    }

    private static Change delete(String name) {
        return new Change.Delete(ResourceKey.global("Config", name), Expectation.ANYTHING);
    }

    private static String value(Resource resource) {
        return resource.spec(ConfigSpec.class).config();
    }

    @Test
    void whatWasWrittenIsThere() {
        Commit commit = store.commit(List.of(put("a", "1")), "ann");

        Resource stored = store.get(ResourceKey.global("Config", "a")).orElseThrow();
        assertThat(value(stored)).isEqualTo("1");
        assertThat(stored.meta().created()).isEqualTo(NOW);
        assertThat(stored.meta().revision()).isEqualTo(commit.revision());
        assertThat(stored.labels().value("kuma.io/display-name")).contains("a");
        assertThat(store.revision()).isEqualTo(commit.revision());
    }

    @Test
    void revisionsOnlyEverGrow() {
        List<Long> revisions = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            revisions.add(store.commit(List.of(put("a", "" + i)), "ann").revision());
        }

        assertThat(revisions).isSorted().doesNotHaveDuplicates();
    }

    @Test
    void aListIsInOrderOfNames() {
        store.commit(List.of(put("c", "3"), put("a", "1"), put("b", "2")), "ann");

        assertThat(store.list("Config").stream().map(Resource::name)).containsExactly("a", "b", "c");
        assertThat(store.list("Mesh")).isEmpty();
    }

    @Test
    void aRefusedCommitLeavesNothing() {
        store.commit(List.of(put("taken", "old")), "ann");

        assertThatThrownBy(() -> store.commit(
                        List.of(put("fresh", "1"), new Change.Put(config("taken", "new"), Expectation.ABSENT)), "bob"))
                .isInstanceOf(ConflictException.class)
                .hasMessageContaining("taken");

        assertThat(store.list("Config").stream().map(ResourceStoreConformance::value))
                .containsExactly("old");
    }

    @Test
    void anExpectedRevisionMustBeTheStoredOne() {
        long first = store.commit(List.of(put("a", "1")), "ann").revision();
        store.commit(List.of(new Change.Put(config("a", "2"), new Expectation.At(first))), "ann");

        assertThatThrownBy(() ->
                        store.commit(List.of(new Change.Put(config("a", "3"), new Expectation.At(first))), "ann"))
                .isInstanceOf(ConflictException.class);
        assertThat(store.get(ResourceKey.global("Config", "a")).map(ResourceStoreConformance::value))
                .contains("2");
    }

    @Test
    void deletingWhatIsNotThereMakesNoRevision() {
        long before = store.revision();

        Commit commit = store.commit(List.of(delete("nothing")), "ann");

        assertThat(commit.revision()).isEqualTo(before);
    }

    @Test
    void whatIsCreatedAgainIsNew() {
        store.commit(List.of(put("a", "1")), "ann");
        store.commit(List.of(delete("a")), "ann");
        store.commit(List.of(put("a", "2")), "ann");

        assertThat(store.get(ResourceKey.global("Config", "a")).map(ResourceStoreConformance::value))
                .contains("2");
    }

    @Test
    void theHistoryIsNewestFirstAndKnowsTheAuthors() {
        store.commit(List.of(put("a", "1")), "ann");
        store.commit(List.of(put("b", "x")), "ann");
        store.commit(List.of(delete("a")), "bob");

        List<Revision> history = store.history(ResourceKey.global("Config", "a"), 10);

        assertThat(history).extracting(Revision::author).containsExactly("bob", "ann");
        assertThat(history.getFirst().resource()).isEmpty();
        assertThat(store.history(ResourceKey.global("Config", "a"), 1)).hasSize(1);
    }

    @Test
    void aWatchFromTheStartBeginsWithEverything() throws Exception {
        store.commit(List.of(put("a", "1"), put("b", "2")), "ann");
        LinkedBlockingQueue<StoreEvent> heard = new LinkedBlockingQueue<>();

        try (ResourceStore.Watch watch = store.watch(0, heard::add)) {
            StoreEvent first = heard.poll(10, TimeUnit.SECONDS);
            assertThat(first)
                    .isInstanceOfSatisfying(
                            StoreEvent.Resync.class,
                            resync -> assertThat(resync.resources()).hasSize(2));
            long revision = store.commit(List.of(delete("a")), "ann").revision();
            assertThat(heard.poll(10, TimeUnit.SECONDS))
                    .isEqualTo(new StoreEvent.Delete(revision, ResourceKey.global("Config", "a")));
        }
    }

    @Test
    void aWatchResumesWhereItEnded() throws Exception {
        long seen = store.commit(List.of(put("a", "1")), "ann").revision();
        store.commit(List.of(put("b", "2")), "ann");
        store.commit(List.of(put("c", "3")), "ann");
        LinkedBlockingQueue<StoreEvent> heard = new LinkedBlockingQueue<>();

        try (ResourceStore.Watch watch = store.watch(seen, heard::add)) {
            assertThat(upsert(heard)).isEqualTo("b");
            assertThat(upsert(heard)).isEqualTo("c");
        }
    }

    private static String upsert(LinkedBlockingQueue<StoreEvent> heard) throws InterruptedException {
        return heard.poll(10, TimeUnit.SECONDS) instanceof StoreEvent.Upsert upsert
                ? upsert.resource().name()
                : "no upsert";
    }

    @Test
    void aWatchFromBeforeACompactionBeginsWithEverything() throws Exception {
        long seen = store.commit(List.of(put("a", "1")), "ann").revision();
        store.commit(List.of(put("a", "2")), "ann");
        store.commit(List.of(put("b", "1")), "ann");
        store.compact(store.revision(), Set.of(), NOW);
        LinkedBlockingQueue<StoreEvent> heard = new LinkedBlockingQueue<>();

        try (ResourceStore.Watch watch = store.watch(seen, heard::add)) {
            assertThat(heard.poll(10, TimeUnit.SECONDS))
                    .isInstanceOfSatisfying(
                            StoreEvent.Resync.class,
                            resync -> assertThat(resync.resources())
                                    .extracting(ResourceStoreConformance::value)
                                    .containsExactly("2", "1"));
        }
        assertThat(store.history(ResourceKey.global("Config", "a"), 10)).hasSize(1);
    }

    @Test
    void whatIsThereSurvivesACompactionAndRevisionsGoOn() {
        store.commit(List.of(put("a", "1"), put("b", "1")), "ann");
        store.commit(List.of(put("a", "2")), "ann");
        store.commit(List.of(new Change.Delete(ResourceKey.global("Config", "b"), Expectation.ANYTHING)), "ann");
        long last = store.revision();

        store.compact(Long.MAX_VALUE, Set.of(), NOW);

        assertThat(store.list("Config"))
                .extracting(ResourceStoreConformance::value)
                .containsExactly("2");
        assertThat(store.history(ResourceKey.global("Config", "b"), 10)).isEmpty();
        assertThat(store.revision()).isEqualTo(last);
        assertThat(store.commit(List.of(put("c", "1")), "ann").revision()).isGreaterThan(last);
    }

    @Test
    void deletionsAreNewestFirstWithWhatWasDeletedAndWhen() {
        store.commit(List.of(put("early", "1"), put("a", "1"), put("b", "1"), put("c", "1")), "ann");
        long last = store.commit(List.of(put("a", "2")), "ann").revision();
        store.commit(List.of(delete("early")), "ann");
        Instant since =
                later(Duration.ofMillis(211)); // a whole second: as text it is greater than those with a fraction
        store.commit(List.of(delete("a")), "ann");
        Instant then = later(Duration.ofMillis(100));
        store.commit(List.of(delete("b"), delete("never there")), "ann");

        assertThat(deletions(since, 10)).containsExactly("b 1", "a 2");
        assertThat(deletions(then, 10)).containsExactly("b 1");
        assertThat(deletions(since, 1)).as("the newest of many").containsExactly("b 1");
        assertThat(deletions(then.plusMillis(1), 10)).isEmpty();
        assertThat(store.deletions("Mesh", since, 10)).isEmpty();
        assertThat(store.deletions("Config", since, 10).getLast()).satisfies(deletion -> {
            assertThat(deletion.time()).isEqualTo(since);
            assertThat(deletion.last().meta().revision()).isEqualTo(last);
            assertThat(deletion.last().meta().created()).isEqualTo(NOW);
            assertThat(deletion.last().labels().value("kuma.io/display-name")).contains("a");
        });
    }

    @Test
    void whatWasCreatedAgainWasDeletedAllTheSame() {
        store.commit(List.of(put("a", "1")), "ann");
        store.commit(List.of(delete("a")), "ann");
        store.commit(List.of(put("a", "2"), delete("a"), put("a", "3")), "ann");

        assertThat(deletions(NOW, 10)).containsExactly("a 2", "a 1");
        assertThat(store.list("Config"))
                .extracting(ResourceStoreConformance::value)
                .containsExactly("3");
    }

    @Test
    void aCompactionForgetsDeletionsButThoseThatAreAskedFor() {
        store.commit(List.of(put("old", "1"), put("a", "1"), put("b", "1")), "ann");
        store.commit(List.of(put("a", "2")), "ann");
        store.commit(List.of(delete("old")), "ann");
        Instant since = later(Duration.ofHours(1));
        store.commit(List.of(delete("a")), "ann");
        store.commit(List.of(delete("b"), put("b", "2")), "ann");

        store.compact(Long.MAX_VALUE, Set.of("Config", "Mesh"), since);

        assertThat(deletions(NOW, 10)).containsExactly("b 1", "a 2");
        assertThat(store.history(ResourceKey.global("Config", "a"), 10))
                .as("no more than what was deleted")
                .hasSize(2);
        assertThat(store.list("Config"))
                .extracting(ResourceStoreConformance::value)
                .containsExactly("2");

        store.compact(Long.MAX_VALUE, Set.of("Mesh"), since);

        assertThat(deletions(NOW, 10)).as("nobody asks any more").isEmpty();
        assertThat(store.history(ResourceKey.global("Config", "b"), 10)).hasSize(1);
    }

    @Test
    void aDeletionWhoseDocumentWasForgottenIsNone() {
        store.commit(List.of(put("a", "1")), "ann");
        long before = store.revision();
        store.commit(List.of(delete("a")), "ann");

        store.compact(before, Set.of(), NOW); // "a" is deleted by then, its deletion is not forgotten

        assertThat(store.history(ResourceKey.global("Config", "a"), 10)).hasSize(1);
        assertThat(deletions(NOW, 10)).isEmpty();
    }

    private Instant later(Duration time) {
        return clock.updateAndGet(now -> now.plus(time));
    }

    private List<String> deletions(Instant since, int limit) {
        return store.deletions("Config", since, limit).stream()
                .map(deletion -> deletion.last().name() + " " + value(deletion.last()))
                .toList();
    }

    @Test
    void aWatchFromTheNewestRevisionHearsOnlyWhatComes() throws Exception {
        long seen = store.commit(List.of(put("a", "1")), "ann").revision();
        LinkedBlockingQueue<StoreEvent> heard = new LinkedBlockingQueue<>();

        try (ResourceStore.Watch watch = store.watch(seen, heard::add)) {
            store.commit(List.of(put("b", "1")), "ann");

            assertThat(upsert(heard)).isEqualTo("b");
        }
        assertThat(heard).isEmpty();
    }

    @Test
    void aWatcherThatSleepsIsToldTheStateOfNowAndDelaysNobody() throws Exception {
        CountDownLatch awake = new CountDownLatch(1);
        LinkedBlockingQueue<StoreEvent> heard = new LinkedBlockingQueue<>();
        store.commit(List.of(put("a", "0")), "ann");
        try (ResourceStore.Watch watch = store.watch(0, event -> {
            awaitQuietly(awake);
            heard.add(event);
        })) {
            // more than a watcher's queue holds
            for (int i = 0; i < 110; i++) {
                List<Change> many = new ArrayList<>();
                for (int k = 0; k < 100; k++) {
                    many.add(put("k" + k, Integer.toString(i)));
                }
                store.commit(many, "ann");
            }
            long last = store.revision();
            awake.countDown();

            StoreEvent event;
            do {
                event = heard.poll(10, TimeUnit.SECONDS);
                assertThat(event).as("the watcher catches up").isNotNull();
            } while (event.revision() < last);
            assertThat(event)
                    .isInstanceOfSatisfying(
                            StoreEvent.Resync.class,
                            resync -> assertThat(resync.resources()).hasSize(101));
        }
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void aListenerThatThrowsIsToldEverythingAnew() throws Exception {
        AtomicInteger calls = new AtomicInteger();
        LinkedBlockingQueue<StoreEvent> heard = new LinkedBlockingQueue<>();
        store.commit(List.of(put("a", "1")), "ann");

        try (ResourceStore.Watch watch = store.watch(0, event -> {
            if (calls.getAndIncrement() == 0) {
                throw new IllegalStateException("the first time it fails");
            }
            heard.add(event);
        })) {
            assertThat(heard.poll(10, TimeUnit.SECONDS)).isInstanceOf(StoreEvent.Resync.class);
        }
    }

    @Test
    void whoFollowsEventsKnowsWhatIsThere() throws Exception {
        Map<String, String> followed = new TreeMap<>();
        LinkedBlockingQueue<Long> reached = new LinkedBlockingQueue<>();
        try (ResourceStore.Watch watch = store.watch(0, event -> {
            switch (event) {
                case StoreEvent.Upsert upsert -> followed.put(upsert.resource().name(), value(upsert.resource()));
                case StoreEvent.Delete delete -> followed.remove(delete.key().name());
                case StoreEvent.Resync resync -> {
                    followed.clear();
                    resync.resources().forEach(r -> followed.put(r.name(), value(r)));
                }
            }
            reached.add(event.revision());
        })) {
            for (int i = 0; i < 200; i++) {
                store.commit(List.of(i % 3 == 2 ? delete("n" + (i % 7)) : put("n" + (i % 7), "" + i)), "ann");
            }
            long end = store.revision();
            for (Long revision = 0L; revision != null && revision < end; ) {
                revision = reached.poll(10, TimeUnit.SECONDS);
            }
        }

        Map<String, String> stored = new TreeMap<>();
        store.list("Config").forEach(r -> stored.put(r.name(), value(r)));
        assertThat(followed).isEqualTo(stored);
    }

    @Test
    void writersThatRaceForOneVersionHaveOneWinner() throws Exception {
        long start = store.commit(List.of(put("a", "start")), "ann").revision();
        try (ExecutorService pool = Executors.newFixedThreadPool(8)) {
            List<Future<Boolean>> races = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                String mine = "" + i;
                races.add(pool.submit(() -> {
                    try {
                        store.commit(List.of(new Change.Put(config("a", mine), new Expectation.At(start))), mine);
                        return true;
                    } catch (ConflictException e) {
                        return false;
                    }
                }));
            }
            int winners = 0;
            for (Future<Boolean> race : races) {
                winners += race.get(10, TimeUnit.SECONDS) ? 1 : 0;
            }
            assertThat(winners).isEqualTo(1);
        }
    }

    @Test
    void whoWritesReadsWhatWasWrittenWhoeverElseReads() throws Exception {
        try (ExecutorService pool = Executors.newFixedThreadPool(8)) {
            List<Future<?>> users = new ArrayList<>();
            for (int w = 0; w < 8; w++) {
                String name = "w" + w / 2;
                ResourceKey key = ResourceKey.global("Config", name);
                boolean writes = w % 2 == 0;
                users.add(pool.submit(() -> {
                    for (int i = 0; i < 25; i++) {
                        if (writes) {
                            long written = store.commit(List.of(put(name, "" + i)), name)
                                    .revision();
                            assertThat(store.get(key).orElseThrow().meta().revision())
                                    .isEqualTo(written);
                            store.commit(List.of(delete(name)), name);
                            assertThat(store.get(key)).isEmpty();
                        } else {
                            store.get(key)
                                    .ifPresent(found -> assertThat(found.name()).isEqualTo(name));
                        }
                    }
                }));
            }
            for (Future<?> user : users) {
                user.get(30, TimeUnit.SECONDS);
            }
        }
    }

    @Test
    void manyWritersLoseNothing() throws Exception {
        Set<Long> revisions = java.util.Collections.synchronizedSet(new HashSet<>());
        try (ExecutorService pool = Executors.newFixedThreadPool(8)) {
            List<Future<?>> writers = new ArrayList<>();
            for (int w = 0; w < 8; w++) {
                String name = "w" + w;
                writers.add(pool.submit(() -> {
                    for (int i = 0; i < 25; i++) {
                        revisions.add(
                                store.commit(List.of(put(name, "" + i)), name).revision());
                    }
                }));
            }
            for (Future<?> writer : writers) {
                writer.get(30, TimeUnit.SECONDS);
            }
        }

        assertThat(revisions).hasSize(200);
        assertThat(store.list("Config")).hasSize(8).allMatch(r -> value(r).equals("24"));
    }
}
