package io.higuma.engine;

import io.higuma.model.ResourceKey;
import io.higuma.store.StoreEvent;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// Who runs which revision, for the last waves; numbers for those before. Owner: the loop.
///
/// | what | bound |
/// |---|---|
/// | waves that are counted | 1024 |
/// | names of concerned proxies in them | 262,144 over all waves, the newest first |
/// | summaries of older ones | 8192 |
/// | writes named per wave | 20 |
/// | requests that wait for an answer | 1024 |
final class Receipts {

    static final int KEPT = 1024;
    private static final int SUMMARIES = 8192;
    private static final int NAMES = 1 << 18;
    private static final int WRITES = 20;
    private static final int NAMED = 100;
    private static final int WATCHERS = 1024;
    private static final String INSIGHT = "DataplaneInsight";

    /// What is left of an older wave.
    private record Summary(Receipt.Counts counts, Receipt.Times times) {}

    private record Watcher(long revision, CompletableFuture<Optional<Receipt>> answer) {}

    /// By the newest revision in them: a revision is answered by the first wave that holds it.
    private final TreeMap<Long, Wave> waves = new TreeMap<>();

    /// Those that still have names, the oldest first.
    private final Deque<Wave> named = new ArrayDeque<>();

    private final TreeMap<Long, Summary> summaries = new TreeMap<>();

    /// What proxies owe that are not connected.
    private final Map<ResourceKey, OpenWaves.Owed> owed = new HashMap<>();

    private final List<Watcher> watchers = new ArrayList<>();
    private final List<Receipt.Write> writes = new ArrayList<>();
    private int written;
    private @Nullable Instant writtenAt;
    private long names;
    private long last;

    /// The first revision that a wave of this process brought, and everything before: not known.
    private long before;

    /// The open streams. Owner: the core.
    private final Map<ResourceKey, ConnectedProxy> connected;

    private final Predicate<ResourceKey> exists;

    /// @param connected the open streams, sorted; a view
    /// @param exists whether a dataplane is there
    Receipts(Map<ResourceKey, ConnectedProxy> connected, Predicate<ResourceKey> exists) {
        this.connected = connected;
        this.exists = exists;
    }

    /// The next wave brings this.
    void heard(StoreEvent event, Instant now) {
        switch (event) {
            case StoreEvent.Upsert upsert ->
                note(
                        upsert.revision(),
                        upsert.resource().key(),
                        upsert.resource().meta().modified());
            case StoreEvent.Delete delete -> note(delete.revision(), delete.key(), now);
            case StoreEvent.Resync resync -> writtenAt = now;
        }
    }

    private void note(long revision, ResourceKey key, Instant time) {
        if (key.type().equals(INSIGHT)) {
            return;
        }
        written++;
        if (writes.size() < WRITES) {
            writes.add(new Receipt.Write(revision, key));
        }
        if (writtenAt == null) {
            writtenAt = time;
        }
    }

    /// A new state and those who see a difference. Empty if it holds no new revision: nobody can ask for it.
    Optional<Wave> publish(EngineState state, ResourceKey[] concerned, Instant now) {
        long revision = state.snapshot().revision();
        if (revision <= last) {
            return Optional.empty();
        }
        if (last == 0) {
            before = revision - 1;
        }
        Receipt.Written brought =
                new Receipt.Written(writes, written, writtenAt == null || writtenAt.isAfter(now) ? now : writtenAt);
        writes.clear();
        written = 0;
        writtenAt = null;
        last = revision;
        Wave wave = new Wave(state.generation(), revision, brought, concerned, now);
        waves.put(revision, wave);
        named.addLast(wave);
        names += concerned.length;
        shorten();
        return Optional.of(wave);
    }

    private void shorten() {
        while (waves.size() > KEPT) {
            Map.Entry<Long, Wave> oldest = waves.pollFirstEntry();
            Wave wave = oldest.getValue();
            if (named.peekFirst() == wave) {
                dropOldestNames();
            }
            wave.forgotten = true;
            summaries.put(oldest.getKey(), new Summary(wave.counts(), wave.times()));
            if (summaries.size() > SUMMARIES) {
                before = summaries.pollFirstEntry().getKey();
            }
        }
        while (names > NAMES) {
            dropOldestNames();
        }
    }

    private void dropOldestNames() {
        Wave wave = named.removeFirst();
        ResourceKey[] held = wave.names;
        if (held != null) {
            names -= held.length;
            wave.names = null;
        }
    }

    /// A stream ends that owes answers.
    void left(ResourceKey proxy, OpenWaves.Owed owes) {
        if (!owes.all().isEmpty()) {
            owed.put(proxy, owes);
        }
    }

    /// What a proxy that comes back still owes.
    OpenWaves.Owed back(ResourceKey proxy) {
        OpenWaves.Owed owes = owed.remove(proxy);
        return owes == null ? OpenWaves.Owed.NOTHING : owes;
    }

    /// A dataplane is deleted.
    void removed(ResourceKey proxy) {
        back(proxy).all().forEach(Wave::lost);
    }

    /// Answers those who wait, where everybody has answered. Costs nothing while nobody waits.
    void tell() {
        if (!watchers.isEmpty()) {
            watchers.removeIf(this::told);
        }
    }

    private boolean told(Watcher watcher) {
        Wave wave = wave(watcher.revision());
        if (watcher.revision() <= last && (wave == null || wave.answered())) {
            watcher.answer().complete(of(watcher.revision()));
        }
        return watcher.answer().isDone();
    }

    /// Completes with the receipt once every connected proxy has answered; at once where too many wait.
    void answered(long revision, CompletableFuture<Optional<Receipt>> answer) {
        if (watchers.size() < WATCHERS) {
            watchers.add(new Watcher(revision, answer));
            tell();
        } else {
            answer.complete(of(revision));
        }
    }

    private @Nullable Wave wave(long revision) {
        boolean known = revision > before && (summaries.isEmpty() || revision > summaries.lastKey());
        Map.Entry<Long, Wave> found = known ? waves.ceilingEntry(revision) : null;
        return found == null ? null : found.getValue();
    }

    /// Empty if the engine has not taken the revision yet, or has forgotten it.
    Optional<Receipt> of(long revision) {
        Wave wave = wave(revision);
        if (wave != null) {
            return Optional.of(receipt(revision, wave));
        }
        Map.Entry<Long, Summary> found = revision > before ? summaries.ceilingEntry(revision) : null;
        return Optional.ofNullable(found)
                .map(Map.Entry::getValue)
                .map(summary -> Wave.summary(revision, summary.counts(), summary.times()));
    }

    private Receipt receipt(long revision, Wave wave) {
        List<String> missing = new ArrayList<>();
        List<Receipt.Refused> refused = new ArrayList<>();
        if (!wave.answered() || wave.counts().refused() > 0) {
            for (ConnectedProxy proxy : connected.values()) {
                Receipt.Answer answer = proxy.waves.answer(wave);
                String name = proxy.key.mesh() + "/" + proxy.key.name();
                if (answer == Receipt.Answer.MISSING && missing.size() < NAMED) {
                    missing.add(name);
                } else if (answer == Receipt.Answer.REFUSED && refused.size() < NAMED) {
                    refused.add(new Receipt.Refused(name, proxy.problem(wave).orElse("")));
                }
            }
        }
        return new Receipt(
                revision, wave.counts(), wave.times(), wave.written.first(), wave.names != null, missing, refused);
    }

    /// The concerned proxies of a revision, sorted. Empty if names are not known.
    Optional<List<Receipt.Proxy>> proxies(long revision) {
        Wave wave = wave(revision);
        return wave == null || wave.names == null ? Optional.empty() : Optional.of(proxies(wave));
    }

    private List<Receipt.Proxy> proxies(Wave wave) {
        List<Receipt.Proxy> found = new ArrayList<>();
        ResourceKey[] held = wave.names;
        ResourceKey[] sorted = held == null ? new ResourceKey[0] : held.clone();
        Arrays.sort(sorted);
        for (ResourceKey key : sorted) {
            ConnectedProxy proxy = connected.get(key);
            Receipt.Answer answer = proxy == null ? absent(key, wave) : proxy.waves.answer(wave);
            found.add(new Receipt.Proxy(
                    key,
                    answer,
                    answer == Receipt.Answer.REFUSED && proxy != null ? proxy.problem(wave) : Optional.empty()));
        }
        return found;
    }

    private Receipt.Answer absent(ResourceKey proxy, Wave wave) {
        if (!exists.test(proxy)) {
            return Receipt.Answer.GONE;
        }
        return owed.getOrDefault(proxy, OpenWaves.Owed.NOTHING).all().stream().anyMatch(each -> each.told == wave)
                ? Receipt.Answer.AWAY
                : Receipt.Answer.RUNNING;
    }

    /// The newest receipts, the newest first, without those in which only reports of proxies were written.
    List<Receipt> newest() {
        NavigableMap<Long, Wave> backwards = waves.descendingMap();
        List<Receipt> found = new ArrayList<>();
        for (Map.Entry<Long, Wave> entry : backwards.entrySet()) {
            Wave wave = entry.getValue();
            if (wave.written.count() > 0) {
                found.add(new Receipt(
                        entry.getKey(),
                        wave.counts(),
                        wave.times(),
                        wave.written.first(),
                        wave.names != null,
                        List.of(),
                        List.of()));
            }
        }
        return found;
    }

    /// The newest revision the engine has taken.
    long last() {
        return last;
    }

    /// The newest revision of which nothing is known any more.
    long before() {
        return before;
    }

    /// How much is kept for proxies that are away and for requests that wait.
    int open() {
        return owed.size() + watchers.size();
    }
}
