package io.higuma.bench.operation;

import io.higuma.bench.load.Topology;
import io.higuma.bench.wire.Board;
import io.higuma.bench.wire.Content;
import io.higuma.model.wire.TypeUrl;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLongArray;
import org.jspecify.annotations.Nullable;

/// Which stream saw what, and when. Event loops write, one operation reads.
final class Ledger implements Board {

    private static final int REASONS = 200;

    private final Topology topology;
    private final int streams;
    private final Map<Long, Change> changes = new ConcurrentHashMap<>();
    private final Map<Integer, Change> newest = new ConcurrentHashMap<>();
    /// By stream and service: how many changes it has seen. A row belongs to the stream's event loop.
    private final int[][] seen;

    private volatile BitSet excluded = new BitSet();
    private volatile long policy;
    private final AtomicLongArray policyFirst;
    private final AtomicLongArray policyLast;
    private final AtomicInteger policyStreams = new AtomicInteger();
    private final Map<TypeUrl, AtomicLongArray> changed = new EnumMap<>(TypeUrl.class);
    private final AtomicLongArray completed;
    private final AtomicInteger completions = new AtomicInteger();
    private final ConcurrentLinkedQueue<String> reasons = new ConcurrentLinkedQueue<>();
    private final AtomicInteger breaks = new AtomicInteger();

    Ledger(Topology topology) {
        this.topology = topology;
        this.streams = topology.workload().proxies();
        this.seen = new int[streams][];
        this.policyFirst = new AtomicLongArray(streams);
        this.policyLast = new AtomicLongArray(streams);
        for (TypeUrl type : TypeUrl.values()) {
            changed.put(type, new AtomicLongArray(streams));
        }
        this.completed = new AtomicLongArray(streams);
    }

    // ---- by event loops

    @Override
    public void marked(int stream, Content content, long received, long acknowledged) {
        if (content.type() == TypeUrl.ENDPOINT) {
            endpoint(stream, content.mark(), received, acknowledged);
        } else if (content.mark() == policy) {
            if (policyFirst.compareAndSet(stream, 0, received)) {
                policyStreams.incrementAndGet();
            }
            policyLast.set(stream, acknowledged);
        }
    }

    /// Seeing a change is seeing those before it: a newer address has taken the place of theirs.
    private void endpoint(int stream, long number, long received, long acknowledged) {
        Change change = changes.get(number);
        if (change == null || excluded.get(stream)) {
            return;
        }
        int[] row = seen[stream];
        if (row == null) {
            row = new int[topology.workload().services() + Session.NEWCOMERS];
            seen[stream] = row;
        }
        int before = row[change.service];
        for (Change each = change; each != null && each.ordinal >= before; each = each.previous) {
            each.arrived(received, acknowledged);
        }
        row[change.service] = Math.max(before, change.ordinal + 1);
    }

    @Override
    public void changed(int stream, TypeUrl type, long acknowledged) {
        changed(type).set(stream, acknowledged);
    }

    private AtomicLongArray changed(TypeUrl type) {
        return java.util.Objects.requireNonNull(changed.get(type));
    }

    @Override
    public void complete(int stream, long when) {
        if (completed.getAndSet(stream, when) == 0) {
            completions.incrementAndGet();
        }
    }

    @Override
    public void broke(int stream, String why) {
        breaks.incrementAndGet();
        if (reasons.size() < REASONS) {
            reasons.add(why);
        }
    }

    // ---- by the operation

    /// Notes a change that is about to be made. Changes of one service come in the order of their numbers.
    Change expect(long number, int service, int subscribers) {
        Change change = new Change(number, service, subscribers, newest.get(service));
        newest.put(service, change);
        changes.put(number, change);
        return change;
    }

    /// Streams that shall not be waited for.
    void exclude(BitSet which) {
        excluded = (BitSet) which.clone();
    }

    boolean excludes(int stream) {
        return excluded.get(stream);
    }

    /// From now on looks for this mark in listeners and routes.
    void watchPolicy(long id) {
        policy = 0;
        for (int i = 0; i < streams; i++) {
            policyFirst.set(i, 0);
            policyLast.set(i, 0);
        }
        policyStreams.set(0);
        policy = id;
    }

    int policyStreams() {
        return policyStreams.get();
    }

    /// When a stream saw the mark first; 0: not yet.
    long policyFirst(int stream) {
        return policyFirst.get(stream);
    }

    long policyLast(int stream) {
        return policyLast.get(stream);
    }

    /// When the last message that changed something of the type was acknowledged; 0: never.
    long changedAt(int stream, TypeUrl type) {
        return changed(type).get(stream);
    }

    void forgetCompletions() {
        for (int i = 0; i < streams; i++) {
            completed.set(i, 0);
        }
        completions.set(0);
    }

    int completions() {
        return completions.get();
    }

    long completedAt(int stream) {
        return completed.get(stream);
    }

    int breaks() {
        return breaks.get();
    }

    /// Why streams broke, each reason once, with how often; forgotten when told.
    List<String> reasons() {
        Map<String, Integer> counts = new java.util.TreeMap<>();
        for (@Nullable String why = reasons.poll(); why != null; why = reasons.poll()) {
            counts.merge(why, 1, Integer::sum);
        }
        List<String> words = new ArrayList<>();
        counts.forEach((why, count) -> words.add(count + " × " + why));
        return words;
    }
}
