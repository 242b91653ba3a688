package io.higuma.engine;

import io.higuma.engine.measure.Load;
import io.higuma.engine.measure.Measures;
import io.higuma.model.Resource;
import io.higuma.model.ResourceKey;
import io.higuma.model.core.CoreTypes;
import io.higuma.model.core.DataplaneInsightSpec;
import io.higuma.model.core.DataplaneSpec.ReachableBackend;
import io.higuma.model.snapshot.MeshSnapshot;
import io.higuma.model.wire.ProxyConfig;
import io.higuma.store.Change;
import io.higuma.store.Deletion;
import io.higuma.store.ResourceStore;
import io.higuma.store.StoreEvent;
import io.higuma.xds.ConfigSource;
import io.higuma.xds.HealthSource;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;

/// The engine: from what is stored to what proxies hold, and back from what they say to what is known of them.
///
/// All methods may be called from any thread. Those that say so wait for the loop; they must not be
/// called on an event loop.
public final class MeshEngine implements AutoCloseable {

    private static final int COUNTED_EVERY = 6;

    private final MeshCore core;
    private final Streams streams;
    private final HealthDesk health;
    private final ResourceStore.Watch watch;
    private final Previews previews;
    private final Inspections inspections;

    private MeshEngine(MeshCore core, Streams streams, HealthDesk health, ResourceStore.Watch watch) {
        this.core = core;
        this.streams = streams;
        this.health = health;
        this.watch = watch;
        this.previews = new Previews(core);
        this.inspections = new Inspections(core);
    }

    /// Starts the loop and returns once it has seen everything that is stored now.
    public static MeshEngine start(EngineSettings settings, EngineParts parts) {
        MeshCore core = new MeshCore(settings, parts);
        Admission admission = new Admission(
                settings, parts.store(), parts.reader(), () -> core.published().snapshot(), parts.clock());
        HealthDesk health = new HealthDesk(core, admission);
        Streams streams = new Streams(core, admission, health);
        core.hooks(streams::advance, streams::removed, health::changed);
        core.loop().start();
        CountDownLatch first = new CountDownLatch(1);
        ResourceStore.Watch watch = parts.store().watch(0, event -> {
            // Read after the state of now: a service that is removed in between is in both, not in neither
            List<Deletion> gone =
                    first.getCount() > 0 && event instanceof StoreEvent.Resync ? deletions(core, parts) : List.of();
            core.loop().post(name(event), () -> {
                if (first.getCount() > 0 && event instanceof StoreEvent.Resync everything) {
                    core.restore(gone);
                    everything.resources().forEach(resource -> restore(resource, core, streams));
                }
                core.heard(event);
                first.countDown();
            });
        });
        try {
            first.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        MeshEngine engine = new MeshEngine(core, streams, health, watch);
        engine.flushRegularly(settings.timing().insightFlush(), 1);
        return engine;
    }

    /// The services whose addresses and names may rest, oldest first; on the thread of the watch. Without them the
    /// engine can do what it is there for.
    private static List<Deletion> deletions(MeshCore core, EngineParts parts) {
        try {
            Instant since = core.now().minus(core.settings().timing().addressGrace());
            return CoreTypes.SERVICES.stream()
                    .flatMap(type -> parts.store().deletions(type.name(), since, Rest.READ).stream())
                    .sorted(Comparator.comparing(Deletion::time))
                    .toList();
        } catch (RuntimeException e) {
            core.faults().handle("removed services", e);
            return List.of();
        }
    }

    /// What the process before this one wrote down of its streams.
    private static void restore(Resource resource, MeshCore core, Streams streams) {
        if (resource.key().type().equals(CoreTypes.DATAPLANE_INSIGHT.name())) {
            DataplaneInsightSpec spec = resource.spec(DataplaneInsightSpec.class);
            ResourceKey key = CoreTypes.DATAPLANE.key(resource.mesh(), resource.name());
            core.insights().remember(key, spec);
            streams.restored(key, spec.online());
        }
    }

    private static String name(StoreEvent event) {
        return switch (event) {
            case StoreEvent.Upsert upsert -> "upsert " + upsert.resource().key();
            case StoreEvent.Delete delete -> "delete " + delete.key();
            case StoreEvent.Resync resync -> "resync " + resync.revision();
        };
    }

    /// Numbers of messages are written down less often: who asks is told the live ones, and after a busy time they
    /// differ for every proxy.
    private void flushRegularly(Duration interval, int time) {
        core.timers().after(interval, () -> {
            if (time % COUNTED_EVERY == 0) {
                core.insights().count();
            }
            core.insights().flush();
            flushRegularly(interval, time + 1);
        });
    }

    /// Says that this process is about to end: streams that close from now on close because of it,
    /// and their proxies are taken for alive by whoever comes next.
    public void retire() {
        streams.retire();
    }

    /// The newest snapshot that was published.
    public MeshSnapshot snapshot() {
        return core.published().snapshot();
    }

    /// Where xDS streams get what they send.
    public ConfigSource configSource() {
        return streams;
    }

    /// Who hears of the health of workloads.
    public HealthSource healthSource() {
        return health;
    }

    /// The connected proxies, sorted. Waits for the loop.
    public List<ProxyStatus> proxies() {
        return core.loop()
                .ask(() -> core.connected().stream()
                        .map(proxy ->
                                new ProxyStatus(proxy.key, proxy.peer, proxy.connected, proxy.settled, proxy.problem()))
                        .toList());
    }

    /// What is known of a proxy from its streams, newer than what is stored. Waits for the loop.
    ///
    /// @param dataplane key of the Dataplane
    public Optional<DataplaneInsightSpec> insight(ResourceKey dataplane) {
        return core.loop().ask(() -> core.insights().of(dataplane));
    }

    /// Who runs a revision. Empty if the engine has not taken it yet, or has forgotten it. Waits for the loop.
    public Optional<Receipt> receipt(long revision) {
        return core.loop().ask(() -> core.receipts().of(revision));
    }

    /// The same, once every connected proxy that it concerns has answered, or when the time is over. Never blocks.
    ///
    /// @param limit how long it takes at most
    public CompletableFuture<Optional<Receipt>> receipt(long revision, Duration limit) {
        CompletableFuture<Optional<Receipt>> answer = new CompletableFuture<>();
        core.loop().post("wait for a receipt", () -> {
            core.receipts().answered(revision, answer);
            core.timers().after(limit, () -> answer.complete(core.receipts().of(revision)));
        });
        return answer;
    }

    /// The proxies that a revision concerns, sorted. Empty if their names are not known, or not any more. Waits for the
    /// loop.
    public Optional<List<Receipt.Proxy>> concerned(long revision) {
        return core.loop().ask(() -> core.receipts().proxies(revision));
    }

    /// The newest receipts, the newest first, without those in which only reports of proxies were written. Waits for
    /// the loop.
    public List<Receipt> receipts() {
        return core.loop().ask(() -> core.receipts().newest());
    }

    /// The newest revision of which nothing is known any more; 0 if all are known. Waits for the loop.
    public long forgotten() {
        return core.loop().ask(() -> core.receipts().before());
    }

    /// What is wrong with connected proxies, what most of them suffer from first. Waits for the loop.
    public List<Trouble> troubles() {
        return core.loop().ask(() -> Troubles.of(core.connected()));
    }

    /// What a change would bring to the proxies that are connected. Nothing is changed; the work is done on the calling
    /// thread, except for the question who is concerned. Waits for the loop.
    ///
    /// @param changes as they would be committed; expectations are not looked at
    /// @param sample of how many concerned proxies the configuration is computed, the first by name
    public Preview preview(List<Change> changes, int sample) {
        return previews.of(changes, sample);
    }

    /// Counters and distributions since the start.
    public Measures measures() {
        return core.measures();
    }

    /// How busy the engine is now. Looks at every connected proxy. Waits for the loop.
    public Load load() {
        return core.loop().ask(() -> Gauges.load(core));
    }

    /// What a connected proxy was offered last. Waits for the loop.
    public Optional<ProxyConfig> config(ResourceKey dataplane) {
        return core.loop()
                .ask(() -> Optional.ofNullable(core.connected(dataplane)).map(proxy -> proxy.offered));
    }

    /// What the configuration of a proxy is made from, whether it is connected or not; empty if the engine knows no
    /// such Dataplane. Waits for the loop.
    public Optional<Inspection> inspect(ResourceKey dataplane) {
        return inspections.of(dataplane);
    }

    /// What a connected proxy would hold if every shadow policy of its mesh were a real one. Waits for the loop.
    ///
    /// @throws io.higuma.envoy.CompileException if there is no valid configuration
    public Optional<ProxyConfig> configWithShadows(ResourceKey dataplane) {
        return inspections.withShadows(dataplane);
    }

    /// What a proxy is told of services, and what it would be told with other
    /// `reachableBackends`: those given, or every service that does not deny it. Empty if the
    /// engine knows no such Dataplane. Waits for the loop.
    ///
    /// @throws io.higuma.envoy.CompileException if there is no valid configuration
    public Optional<ReachReport> reach(ResourceKey dataplane, List<ReachableBackend> asked) {
        return inspections.reach(dataplane, asked);
    }

    /// How many proxy plans were computed since the start: a measure of work.
    public long compilations() {
        return core.planner().compilations();
    }

    /// How many faults were met since the start: each is a bug, and in the log.
    public long faults() {
        return core.faults().count();
    }

    /// How much is kept of proxies and for them, by its owner: nothing once all are gone. Waits for the loop.
    Map<String, Integer> kept() {
        return core.loop()
                .ask(() -> Map.of(
                        "connected", core.connected().size(),
                        "subscribers", core.endpoints().subscribed(),
                        "callers", core.callers().size(),
                        "receipts", core.receipts().open(),
                        "streams", streams.kept() + health.kept(),
                        "insights", core.insights().kept(),
                        "identities", core.desk().kept(),
                        "writes", core.writer().out(),
                        "announced", core.state().announced().size(),
                        "grants", core.state().grants().size()));
    }

    /// What a proxy should hold, computed from nothing: the measure of everything incremental.
    Optional<ProxyConfig> fromScratch(ResourceKey dataplane) {
        return core.loop()
                .ask(() -> Optional.ofNullable(core.connected(dataplane)).map(proxy -> {
                    EngineState state = core.published();
                    return core.planner()
                            .config(
                                    state,
                                    dataplane,
                                    core.planner()
                                            .plan(state, dataplane, proxy.traits)
                                            .compiled());
                }));
    }

    /// Ends everything. Nothing is deleted: proxies come back to the next process.
    @Override
    public void close() {
        watch.close();
        core.close();
    }
}
