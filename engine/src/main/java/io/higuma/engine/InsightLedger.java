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
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/// What proxies report: live in memory, written down in batches, only where it differs. Owner: the loop.
final class InsightLedger {

    static final String AUTHOR = "higuma:insights";
    private static final int KEPT = 2;

    private final MeshCore core;
    private final Map<ResourceKey, DataplaneInsightSpec> live = new HashMap<>();
    private final Set<ResourceKey> changed = new HashSet<>();

    InsightLedger(MeshCore core) {
        this.core = core;
    }

    static ResourceKey key(ResourceKey dataplane) {
        return CoreTypes.DATAPLANE_INSIGHT.key(dataplane.mesh(), dataplane.name());
    }

    /// What an earlier process wrote down.
    void remember(ResourceKey dataplane, DataplaneInsightSpec insight) {
        live.put(dataplane, insight);
    }

    Optional<DataplaneInsightSpec> of(ResourceKey dataplane) {
        return Optional.ofNullable(live.get(dataplane));
    }

    void opened(ResourceKey dataplane, String id, Version version, Instant now) {
        closed(dataplane, now);
        List<Subscription> streams = new ArrayList<>(streams(dataplane));
        streams.add(new Subscription(
                id,
                core.settings().instance(),
                Optional.of(now.toString()),
                Optional.empty(),
                Optional.of(new StreamStatus(
                        Optional.empty(), Counts.NONE, Counts.NONE, Counts.NONE, Counts.NONE, Counts.NONE)),
                Optional.of(version)));
        put(dataplane, streams.subList(Math.max(0, streams.size() - KEPT), streams.size()));
    }

    void closed(ResourceKey dataplane, Instant now) {
        put(
                dataplane,
                streams(dataplane).stream()
                        .map(stream -> stream.open()
                                ? new Subscription(
                                        stream.id(),
                                        stream.controlPlaneInstanceId(),
                                        stream.connectTime(),
                                        Optional.of(now.toString()),
                                        stream.status(),
                                        stream.version())
                                : stream)
                        .toList());
    }

    /// Counts one response, acknowledgement or refusal of the newest stream.
    void count(ResourceKey dataplane, TypeUrl type, int sent, int acknowledged, int rejected, Instant now) {
        List<Subscription> streams = new ArrayList<>(streams(dataplane));
        if (streams.isEmpty()) {
            return;
        }
        Subscription newest = streams.removeLast();
        streams.add(new Subscription(
                newest.id(),
                newest.controlPlaneInstanceId(),
                newest.connectTime(),
                newest.disconnectTime(),
                newest.status().map(status -> plus(status, type, sent, acknowledged, rejected, now)),
                newest.version()));
        put(dataplane, streams);
    }

    private static StreamStatus plus(StreamStatus old, TypeUrl type, int sent, int ack, int nack, Instant now) {
        return new StreamStatus(
                Optional.of(now.toString()),
                old.total().plus(sent, ack, nack),
                type == TypeUrl.CLUSTER ? old.cds().plus(sent, ack, nack) : old.cds(),
                type == TypeUrl.ENDPOINT ? old.eds().plus(sent, ack, nack) : old.eds(),
                type == TypeUrl.LISTENER ? old.lds().plus(sent, ack, nack) : old.lds(),
                type == TypeUrl.ROUTE ? old.rds().plus(sent, ack, nack) : old.rds());
    }

    private List<Subscription> streams(ResourceKey dataplane) {
        DataplaneInsightSpec insight = live.get(dataplane);
        return insight == null ? List.of() : insight.subscriptions();
    }

    private void put(ResourceKey dataplane, List<Subscription> streams) {
        DataplaneInsightSpec before = live.get(dataplane);
        Optional<Mtls> mtls = core.desk().mtls(dataplane);
        DataplaneInsightSpec after =
                new DataplaneInsightSpec(streams, mtls.isPresent() || before == null ? mtls : before.mTLS());
        if (!after.equals(before)) {
            live.put(dataplane, after);
            changed.add(dataplane);
        }
    }

    void forget(ResourceKey dataplane) {
        live.remove(dataplane);
        changed.add(dataplane);
    }

    /// Writes down what differs.
    void flush() {
        List<Change> changes = new ArrayList<>();
        Map<ResourceKey, Boolean> sorted = new TreeMap<>();
        changed.forEach(key -> sorted.put(key, true));
        for (ResourceKey dataplane : sorted.keySet()) {
            ResourceKey key = key(dataplane);
            DataplaneInsightSpec insight = live.get(dataplane);
            if (core.writer().busy(key)) {
                continue;
            }
            changed.remove(dataplane);
            boolean exists = core.state().snapshot().get(dataplane).isPresent();
            changes.add(
                    insight == null || !exists
                            ? new Change.Delete(key, Expectation.ANYTHING)
                            : new Change.Put(
                                    new Resource(
                                            CoreTypes.DATAPLANE_INSIGHT,
                                            key,
                                            ResourceMeta.unstored(Labels.NONE),
                                            insight,
                                            Optional.empty()),
                                    Expectation.ANYTHING));
        }
        core.writer().write(changes, AUTHOR, () -> {});
    }
}
