package io.higuma.controlplane;

import io.higuma.engine.MeshEngine;
import io.higuma.engine.measure.Load;
import io.higuma.engine.measure.Measures;
import io.higuma.engine.measure.PushReason;
import io.higuma.engine.measure.Spread;
import io.higuma.model.wire.TypeUrl;
import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.snapshots.ClassicHistogramBuckets;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.CounterSnapshot.CounterDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot.GaugeDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot.HistogramDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.util.Arrays;
import java.util.Locale;

/// The engine's numbers as Prometheus reads them; computed when it asks. Names, units and labels:
/// `docs/observability.md`.
///
/// No series per proxy: a mesh of ten thousand has as many series as a mesh of one.
@SuppressWarnings("LongDoubleConversion") // a metric is a double; counts below 2^53 lose nothing
final class EngineMetrics implements MultiCollector {

    private final MeshEngine engine;
    private final Spread storeWrites;

    EngineMetrics(MeshEngine engine, Spread storeWrites) {
        this.engine = engine;
        this.storeWrites = storeWrites;
    }

    @Override
    public MetricSnapshots collect() {
        MetricSnapshots.Builder all = MetricSnapshots.builder();
        durations(all);
        counters(all);
        load(all, engine.load());
        return all.build();
    }

    private void durations(MetricSnapshots.Builder all) {
        Measures measures = engine.measures();
        all.metricSnapshot(histogram(
                "higuma_propagation_seconds",
                "From the write of a revision to the moment a concerned proxy runs it",
                measures.propagation()));
        all.metricSnapshot(
                histogram("higuma_settle_seconds", "What the loop does after a batch of events", measures.settle()));
        all.metricSnapshot(histogram("higuma_compile_seconds", "Computing the plan of one proxy", measures.compile()));
        all.metricSnapshot(
                histogram("higuma_store_write_seconds", "A write of the store, until it is durable", storeWrites));
    }

    private static HistogramSnapshot histogram(String name, String help, Spread spread) {
        Spread.Picture picture = spread.picture();
        double[] bounds = Arrays.copyOf(picture.bounds(), picture.counts().length);
        bounds[bounds.length - 1] = Double.POSITIVE_INFINITY;
        return HistogramSnapshot.builder()
                .name(name)
                .help(help)
                .dataPoint(HistogramDataPointSnapshot.builder()
                        .classicHistogramBuckets(ClassicHistogramBuckets.of(bounds, picture.counts()))
                        .sum(picture.seconds())
                        .build())
                .build();
    }

    private void counters(MetricSnapshots.Builder all) {
        Measures measures = engine.measures();
        CounterSnapshot.Builder pushes =
                CounterSnapshot.builder().name("higuma_pushes").help("Responses sent to proxies");
        CounterSnapshot.Builder bytes =
                CounterSnapshot.builder().name("higuma_push_bytes").help("Bytes of the responses sent to proxies");
        CounterSnapshot.Builder nacks =
                CounterSnapshot.builder().name("higuma_nacks").help("Updates that proxies refused");
        for (TypeUrl type : TypeUrl.values()) {
            String label = type.name().toLowerCase(Locale.ROOT);
            for (PushReason reason : PushReason.values()) {
                pushes.dataPoint(
                        counter(Labels.of("reason", reason.label(), "type", label), measures.pushes(reason, type)));
            }
            bytes.dataPoint(counter(Labels.of("type", label), measures.bytes(type)));
            nacks.dataPoint(counter(Labels.of("type", label), measures.refusals(type)));
        }
        all.metricSnapshot(pushes.build()).metricSnapshot(bytes.build()).metricSnapshot(nacks.build());
    }

    private static CounterDataPointSnapshot counter(Labels labels, double value) {
        return CounterDataPointSnapshot.builder().labels(labels).value(value).build();
    }

    private static void load(MetricSnapshots.Builder all, Load load) {
        gauge(all, "higuma_streams", "Connected proxies", load.streams());
        gauge(all, "higuma_loop_queue", "Events that wait for the loop", load.queued());
        gauge(all, "higuma_mailboxes_waiting", "Proxies whose work waits for a compile thread", load.waiting());
        gauge(
                all,
                "higuma_interned_resources",
                "Distinct resources held",
                load.sharing().distinct());
        gauge(
                all,
                "higuma_held_resources",
                "Resources held by streams, per stream",
                load.sharing().held());
        gauge(
                all,
                "higuma_share_ratio",
                "Streams per distinct resource",
                load.sharing().ratio());
        gauge(
                all,
                "higuma_proxies_behind",
                "Proxies that do not run the newest revision that concerns them",
                load.lag().behind());
        gauge(
                all,
                "higuma_engine_revision",
                "Newest revision the engine has taken",
                load.work().revision());
        GaugeSnapshot.Builder lag =
                GaugeSnapshot.builder().name("higuma_revision_lag").help("Revisions that proxies are behind");
        lag.dataPoint(gauge(Labels.of("quantile", "0.5"), load.lag().median()));
        lag.dataPoint(gauge(Labels.of("quantile", "0.99"), load.lag().p99()));
        lag.dataPoint(gauge(Labels.of("quantile", "1"), load.lag().max()));
        all.metricSnapshot(lag.build());
        all.metricSnapshot(CounterSnapshot.builder()
                .name("higuma_compilations")
                .help("Plans of proxies computed")
                .dataPoint(counter(Labels.EMPTY, load.work().compilations()))
                .build());
        all.metricSnapshot(CounterSnapshot.builder()
                .name("higuma_faults")
                .help("Bugs met; each is in the log")
                .dataPoint(counter(Labels.EMPTY, load.work().faults()))
                .build());
    }

    private static void gauge(MetricSnapshots.Builder all, String name, String help, double value) {
        all.metricSnapshot(GaugeSnapshot.builder()
                .name(name)
                .help(help)
                .dataPoint(gauge(Labels.EMPTY, value))
                .build());
    }

    private static GaugeDataPointSnapshot gauge(Labels labels, double value) {
        return GaugeDataPointSnapshot.builder().labels(labels).value(value).build();
    }
}
