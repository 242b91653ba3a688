package io.higuma.engine;

import io.higuma.model.Labels;
import io.higuma.model.Resource;
import io.higuma.model.ResourceKey;
import io.higuma.model.ResourceMeta;
import io.higuma.model.core.CoreTypes;
import io.higuma.model.core.DataplaneInsightSpec;
import io.higuma.model.core.DataplaneInsightSpec.Counts;
import io.higuma.model.core.DataplaneInsightSpec.Mtls;
import io.higuma.model.core.DataplaneInsightSpec.StreamStatus;
import io.higuma.model.core.DataplaneInsightSpec.Subscription;
import io.higuma.model.core.DataplaneInsightSpec.Version;
import io.higuma.model.wire.TypeUrl;
import io.higuma.store.Change;
import io.higuma.store.Expectation;
import io.higuma.xds.Tally;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// What proxies report: live in memory, written down in batches, only where it differs. Counting costs
/// an addition; the words are made when somebody reads or writes them. Owner: the loop.
final class InsightLedger {

    static final String AUTHOR = "higuma:insights";
    private static final int KEPT = 2;

    private final MeshCore core;
    private final Map<ResourceKey, Live> live = new HashMap<>();
    private final Set<ResourceKey> changed = new HashSet<>();

    InsightLedger(MeshCore core) {
        this.core = core;
    }

    /// One proxy: its streams that are over, and the one that is open.
    private static final class Live {
        private List<Subscription> over = List.of();
        private @Nullable OpenStream open;
        private Optional<Mtls> mtls = Optional.empty();

        List<Subscription> streams() {
            List<Subscription> all = new ArrayList<>(over);
            OpenStream now = open;
            if (now != null) {
                all.add(now.subscription(Optional.empty()));
            }
            return all.subList(Math.max(0, all.size() - KEPT), all.size());
        }

        void close(Instant when) {
            over = streams().stream().map(stream -> closed(stream, when)).toList();
            open = null;
        }
    }

    /// A stream that is open, and the numbers of what went over it.
    private static final class OpenStream {
        private final String id;
        private final String instance;
        private final Instant since;
        private final Version version;
        private final Tally tally;
        private long seen;
        private @Nullable Instant last;

        OpenStream(String id, String instance, Instant since, Version version, Tally tally) {
            this.id = id;
            this.instance = instance;
            this.since = since;
            this.version = version;
            this.tally = tally;
        }

        /// Whether anything went over it since the last time this was asked.
        boolean moved(Instant now) {
            long events = tally.total(Tally.Of.SENT) + tally.total(Tally.Of.ACCEPTED) + tally.total(Tally.Of.REFUSED);
            if (events == seen) {
                return false;
            }
            seen = events;
            last = now;
            return true;
        }

        Subscription subscription(Optional<String> end) {
            return new Subscription(
                    id,
                    instance,
                    Optional.of(since.toString()),
                    end,
                    Optional.of(new StreamStatus(
                            Optional.ofNullable(last).map(Instant::toString),
                            total(),
                            of(TypeUrl.CLUSTER),
                            of(TypeUrl.ENDPOINT),
                            of(TypeUrl.LISTENER),
                            of(TypeUrl.ROUTE))),
                    Optional.of(version));
        }

        private Counts of(TypeUrl type) {
            return new Counts(
                    tally.count(type, Tally.Of.SENT),
                    tally.count(type, Tally.Of.ACCEPTED),
                    tally.count(type, Tally.Of.REFUSED));
        }

        private Counts total() {
            return new Counts(
                    tally.total(Tally.Of.SENT), tally.total(Tally.Of.ACCEPTED), tally.total(Tally.Of.REFUSED));
        }
    }

    static ResourceKey key(ResourceKey dataplane) {
        return CoreTypes.DATAPLANE_INSIGHT.key(dataplane.mesh(), dataplane.name());
    }

    /// What an earlier process wrote down.
    void remember(ResourceKey dataplane, DataplaneInsightSpec insight) {
        Live known = of(dataplane, live);
        known.over = insight.subscriptions();
        known.mtls = insight.mTLS();
    }

    private static Live of(ResourceKey dataplane, Map<ResourceKey, Live> all) {
        return all.computeIfAbsent(dataplane, key -> new Live());
    }

    Optional<DataplaneInsightSpec> of(ResourceKey dataplane) {
        Live known = live.get(dataplane);
        if (known == null) {
            return Optional.empty();
        }
        noteMoves(dataplane, known);
        known.mtls = core.desk().mtls(dataplane).or(() -> known.mtls);
        Optional<String> problem =
                Optional.ofNullable(core.connected(dataplane)).flatMap(ConnectedProxy::problem);
        return Optional.of(new DataplaneInsightSpec(known.streams(), known.mtls, problem));
    }

    private void noteMoves(ResourceKey dataplane, Live known) {
        OpenStream open = known.open;
        if (open != null && open.moved(core.now())) {
            changed.add(dataplane);
        }
    }

    void opened(ResourceKey dataplane, String id, Version version, Tally tally, Instant now) {
        Live known = of(dataplane, live);
        known.close(now);
        known.open = new OpenStream(id, core.settings().instance(), now, version, tally);
        changed.add(dataplane);
    }

    void closed(ResourceKey dataplane, Instant now) {
        Live known = live.get(dataplane);
        if (known != null) {
            known.close(now);
            changed.add(dataplane);
        }
    }

    private static Subscription closed(Subscription stream, Instant now) {
        return stream.open()
                ? new Subscription(
                        stream.id(),
                        stream.controlPlaneInstanceId(),
                        stream.connectTime(),
                        Optional.of(now.toString()),
                        stream.status(),
                        stream.version())
                : stream;
    }

    void forget(ResourceKey dataplane) {
        live.remove(dataplane);
        changed.add(dataplane);
    }

    /// How much is kept of proxies.
    int kept() {
        return live.size() + changed.size();
    }

    /// Has the next [#flush] write down what went over the streams as well.
    void count() {
        live.forEach(this::noteMoves);
    }

    /// Writes down who came and went, and what else was noted.
    void flush() {
        List<Change> changes = new ArrayList<>();
        for (ResourceKey dataplane : new TreeSet<>(changed)) {
            ResourceKey key = key(dataplane);
            if (core.writer().busy(key)) {
                continue;
            }
            changed.remove(dataplane);
            boolean exists = core.state().snapshot().get(dataplane).isPresent();
            changes.add(of(dataplane)
                    .filter(insight -> exists)
                    .<Change>map(insight -> new Change.Put(
                            new Resource(
                                    CoreTypes.DATAPLANE_INSIGHT,
                                    key,
                                    ResourceMeta.unstored(Labels.NONE),
                                    insight,
                                    Optional.empty()),
                            Expectation.ANYTHING))
                    .orElseGet(() -> new Change.Delete(key, Expectation.ANYTHING)));
        }
        core.writer().write(changes, AUTHOR, () -> {});
    }
}
