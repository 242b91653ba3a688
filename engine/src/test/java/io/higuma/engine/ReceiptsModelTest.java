package io.higuma.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.higuma.engine.Receipt.Answer;
import io.higuma.engine.measure.Measures;
import io.higuma.model.ResourceKey;
import io.higuma.model.snapshot.MeshSnapshot;
import io.higuma.model.wire.ProxyConfig;
import io.higuma.model.wire.TypeUrl;
import io.higuma.policy.ProxyTraits;
import io.higuma.store.StoreEvent;
import io.higuma.xds.ConfigSource.ProxyStream;
import io.higuma.xds.Refusal;
import io.higuma.xds.Tally;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Receipts against a model that keeps, for every revision, a plain set of who was concerned, and for every proxy the
/// newest generation that it runs, refuses, or that could not be made, or not yet. What a revision brings to a proxy
/// may come with a later generation, or never.
class ReceiptsModelTest {

    private static final Instant START = Instant.parse("2030-01-01T00:00:00Z");
    private static final ProxyStream NOBODY_LISTENS = new ProxyStream() {
        @Override
        public void offer(ProxyConfig config) {}

        @Override
        public void refuse(Refusal refusal) {}

        @Override
        public Tally tally() {
            return new Tally();
        }
    };

    private final Map<ResourceKey, ConnectedProxy> connected = new TreeMap<>();
    private final Set<ResourceKey> dataplanes = new HashSet<>();
    private final Receipts receipts = new Receipts(connected, dataplanes::contains);
    private final Measures measures = new Measures();
    private long generation;
    private long revision;
    private long clock;
    private long streams;

    /// What a proxy is, to the model.
    private static final class Model {
        final Map<Long, Answer> answers = new TreeMap<>();
        /// Revisions that wait for a certificate.
        final Set<Long> waiting = new TreeSet<>();
        /// Revisions whose generation is not known yet.
        final Set<Long> promised = new TreeSet<>();
        /// Generations of revisions that came later.
        final Map<Long, Long> late = new HashMap<>();
        long refuses = -1;
        /// Up to which revision what was promised is not on its way.
        long withheld = -1;
    }

    private final Map<ResourceKey, Model> models = new HashMap<>();
    private final TreeMap<Long, Long> generations = new TreeMap<>();

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
    void aReceiptSaysWhatAModelOfPlainSetsSays(long seed) {
        Random random = new Random(seed);
        for (int step = 0; step < 600; step++) {
            step(random);
            check();
        }
    }

    private void step(Random random) {
        ResourceKey key = World.key("p" + random.nextInt(6));
        ConnectedProxy proxy = connected.get(key);
        Model model = models.computeIfAbsent(key, k -> new Model());
        clock++;
        switch (random.nextInt(12)) {
            case 0, 1, 2 -> publish(random);
            case 3 -> {
                if (proxy == null) {
                    connect(key);
                } else if (random.nextInt(3) == 0) {
                    disconnect(proxy);
                }
            }
            case 4, 5, 6 -> acknowledge(proxy, model, random);
            case 7 -> {
                if (proxy != null && generation > 0) {
                    long refused = generation - random.nextInt(2);
                    proxy.refuse(TypeUrl.LISTENER, refused, List.of(), "no");
                    model.refuses = Math.max(model.refuses, refused);
                    mark(model);
                }
            }
            case 8 -> {
                if (proxy != null) {
                    proxy.troubled(generation, new Troubles.Cause("cannot be made", false, "", List.of()));
                    model.answers.replaceAll(
                            (r, a) -> a == Answer.RUNNING || model.promised.contains(r) ? a : Answer.REFUSED);
                    model.waiting.clear();
                    unmade(model);
                }
            }
            case 9 -> {
                if (proxy != null) {
                    proxy.awaits(generation);
                    boolean impossible = !stuck.getOrDefault(model, Set.of()).isEmpty();
                    model.answers.forEach((r, a) -> {
                        if (a != Answer.RUNNING && !model.promised.contains(r)) {
                            (impossible ? stuck.get(model) : model.waiting).add(r);
                        }
                    });
                    mark(model);
                }
            }
            case 10 -> {
                if (proxy != null && random.nextInt(3) == 0) {
                    proxy.unhindered();
                    model.withheld = -1;
                    mark(model);
                } else if (proxy != null) {
                    long upTo = generation - random.nextInt(3);
                    proxy.withheld(upTo, new Troubles.Cause("none can be issued", false, "", List.of()));
                    model.withheld = Math.max(model.withheld, upTo);
                    mark(model);
                }
            }
            default -> {
                if (proxy != null) {
                    proxy.offered(generation, Planner.Facts.NONE);
                    proxy.trouble = null;
                    stuck.remove(model);
                    model.waiting.clear();
                    mark(model);
                }
            }
        }
    }

    /// Revisions of a proxy that could not be made, until something can be made.
    private final Map<Model, Set<Long>> stuck = new HashMap<>();

    private void unmade(Model model) {
        Set<Long> mine = stuck.computeIfAbsent(model, m -> new TreeSet<>());
        model.answers.forEach((r, a) -> {
            if (a == Answer.REFUSED && due(model, r) <= generation) {
                mine.add(r);
            }
        });
    }

    /// What is not running is refused or missing.
    private void mark(Model model) {
        Set<Long> mine = stuck.getOrDefault(model, Set.of());
        model.answers.replaceAll((r, a) -> a == Answer.RUNNING
                ? a
                : mine.contains(r) || due(model, r) <= model.refuses || isWithheld(model, r)
                        ? Answer.REFUSED
                        : Answer.MISSING);
    }

    private boolean isWithheld(Model model, long revision) {
        return model.promised.contains(revision) && generations.get(revision) <= model.withheld;
    }

    /// The generation that brings a revision to a proxy.
    private long due(Model model, long revision) {
        return model.promised.contains(revision)
                ? Long.MAX_VALUE
                : model.late.getOrDefault(revision, generations.get(revision));
    }

    private void publish(Random random) {
        generation++;
        if (random.nextInt(4) > 0) {
            revision += 1 + random.nextInt(3);
        }
        Set<ResourceKey> concerned = new TreeSet<>(connected.keySet());
        concerned.removeIf(key -> random.nextBoolean());
        receipts.heard(new StoreEvent.Delete(revision, World.key("x")), now());
        EngineState state = EngineState.EMPTY
                .withSnapshot(new MeshSnapshot(revision, MeshSnapshot.EMPTY.meshes(), MeshSnapshot.EMPTY.globals()))
                .withGeneration(generation);
        connected.forEach((key, proxy) -> {
            if (random.nextInt(3) == 0) {
                proxy.kept(state, now());
                Model model = models.get(key);
                model.promised.forEach(each -> model.late.put(each, generation));
                model.promised.clear();
                model.withheld = -1;
                mark(model);
            }
        });
        Optional<Wave> wave = receipts.publish(state, concerned.toArray(ResourceKey[]::new), now());
        boolean isNew = revision > 0 && !generations.containsKey(revision);
        assertThat(wave.isPresent()).isEqualTo(isNew);
        if (isNew) {
            generations.put(revision, generation);
            concerned.forEach(key -> {
                if (random.nextInt(4) == 0) {
                    connected.get(key).waves.promise(wave.get());
                    models.get(key).promised.add(revision);
                } else {
                    connected.get(key).waves.add(wave.get());
                }
                models.get(key).answers.put(revision, Answer.MISSING);
            });
        }
    }

    private void connect(ResourceKey key) {
        dataplanes.add(key);
        ConnectedProxy proxy = new ConnectedProxy(
                key,
                NOBODY_LISTENS,
                new ProxyTraits(
                        Set.of(),
                        new ProxyTraits.Admin(0, "", Optional.empty()),
                        0,
                        false,
                        Optional.empty(),
                        0,
                        Optional.empty(),
                        Optional.empty()),
                "",
                false,
                now(),
                new Age(Optional.empty(), ++streams),
                self -> new Mailbox<>(Runnable::run, (a, b) -> a, work -> {}));
        connected.put(key, proxy);
        proxy.waves.join(receipts.back(key));
        models.get(key).answers.replaceAll((r, a) -> a == Answer.AWAY ? Answer.MISSING : a);
    }

    private void disconnect(ConnectedProxy proxy) {
        receipts.left(proxy.key, proxy.waves.leave());
        connected.remove(proxy.key);
        Model model = models.get(proxy.key);
        model.refuses = -1;
        model.withheld = -1;
        model.waiting.clear();
        stuck.remove(model);
        model.answers.replaceAll((r, a) -> a == Answer.RUNNING ? a : Answer.AWAY);
    }

    private void acknowledge(ConnectedProxy proxy, Model model, Random random) {
        if (proxy == null || generation == 0) {
            return;
        }
        long upTo = Math.max(1, generation - random.nextInt(3));
        proxy.settled(upTo, now(), measures.propagation()::record);
        model.refuses = -1;
        Set<Long> mine = stuck.getOrDefault(model, Set.of());
        model.answers.replaceAll((r, a) ->
                !mine.contains(r) && !model.waiting.contains(r) && due(model, r) <= upTo ? Answer.RUNNING : a);
        mark(model);
    }

    private Instant now() {
        return START.plusMillis(clock);
    }

    private void check() {
        receipts.tell();
        for (long asked = 1; asked <= revision; asked++) {
            Long first = generations.firstKey();
            if (asked < first) {
                // the process began with that revision: what came before is not known apart
                assertThat(receipts.of(asked)).isEmpty();
            } else {
                check(asked, generations.ceilingKey(asked));
            }
        }
    }

    /// @param held the first revision with a wave of its own that is not older than the one asked for
    private void check(long asked, Long held) {
        Receipt receipt = receipts.of(asked).orElseThrow();
        Map<Answer, Integer> counts = new HashMap<>();
        List<String> missing = new ArrayList<>();
        new TreeMap<>(models).forEach((key, model) -> {
            Answer answer = model.answers.get(held);
            if (answer != null) {
                counts.merge(answer, 1, Integer::sum);
                if (answer == Answer.MISSING) {
                    missing.add(key.mesh() + "/" + key.name());
                }
            }
        });
        assertThat(receipt.counts())
                .as("revision %s", asked)
                .isEqualTo(new Receipt.Counts(
                        counts.getOrDefault(Answer.RUNNING, 0)
                                + missing.size()
                                + counts.getOrDefault(Answer.REFUSED, 0),
                        counts.getOrDefault(Answer.RUNNING, 0),
                        counts.getOrDefault(Answer.REFUSED, 0),
                        counts.getOrDefault(Answer.AWAY, 0)));
        assertThat(receipt.missing()).isEqualTo(missing);
        assertThat(receipt.answered()).isEqualTo(missing.isEmpty());
        assertThat(receipts.proxies(asked).orElseThrow())
                .allSatisfy(each -> assertThat(each.answer())
                        .as("%s at revision %s", each.key(), asked)
                        .isEqualTo(models.get(each.key()).answers.get(held)));
    }

    @Test
    void aProxyThatNeverAnswersCostsBoundedMemoryAndOldRevisionsKeepTheirNumbers() {
        ResourceKey mute = World.key("mute");
        models.put(mute, new Model());
        connect(mute);
        for (int i = 0; i < 12_000; i++) {
            generation++;
            revision++;
            EngineState state = EngineState.EMPTY
                    .withSnapshot(new MeshSnapshot(revision, MeshSnapshot.EMPTY.meshes(), MeshSnapshot.EMPTY.globals()))
                    .withGeneration(generation);
            connected
                    .get(mute)
                    .waves
                    .add(receipts.publish(state, new ResourceKey[] {mute}, now())
                            .orElseThrow());
        }

        assertThat(connected.get(mute).waves.size()).isLessThanOrEqualTo(Receipts.KEPT + 1);
        assertThat(receipts.of(revision).orElseThrow().missing()).containsExactly("default/mute");
        Receipt older = receipts.of(revision - Receipts.KEPT - 5).orElseThrow();
        assertThat(older.detailed()).isFalse();
        assertThat(older.counts()).isEqualTo(new Receipt.Counts(1, 0, 0, 0));
        assertThat(receipts.of(1)).isEmpty();
        assertThat(receipts.before()).isPositive();
        assertThat(receipts.of(receipts.before())).isEmpty();
        assertThat(receipts.of(receipts.before() + 1)).isPresent();
    }
}
