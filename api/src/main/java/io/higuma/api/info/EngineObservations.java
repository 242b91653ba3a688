package io.higuma.api.info;

import io.higuma.engine.Inspection;
import io.higuma.engine.MeshEngine;
import io.higuma.engine.ReachReport;
import io.higuma.engine.Receipt;
import io.higuma.engine.Trouble;
import io.higuma.engine.measure.Load;
import io.higuma.engine.measure.Measures;
import io.higuma.engine.measure.Spread;
import io.higuma.model.ResourceKey;
import io.higuma.model.core.DataplaneInsightSpec;
import io.higuma.model.core.DataplaneSpec.ReachableBackend;
import io.higuma.model.wire.ProxyConfig;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/// What the engine knows of proxies, for the API.
public record EngineObservations(MeshEngine engine, Spread storeWrites) implements Observations {

    private static final Duration MARGIN = Duration.ofSeconds(1);

    @Override
    public Optional<DataplaneInsightSpec> insight(ResourceKey dataplane) {
        return engine.insight(dataplane);
    }

    @Override
    public Optional<Inspection> inspect(ResourceKey dataplane) {
        return engine.inspect(dataplane);
    }

    @Override
    public Optional<ProxyConfig> config(ResourceKey dataplane) {
        return engine.config(dataplane);
    }

    @Override
    public Optional<ProxyConfig> configWithShadows(ResourceKey dataplane) {
        return engine.configWithShadows(dataplane);
    }

    @Override
    public Optional<ReachReport> reach(ResourceKey dataplane, List<ReachableBackend> asked) {
        return engine.reach(dataplane, asked);
    }

    @Override
    public Optional<Receipt> receipt(long revision) {
        return engine.receipt(revision);
    }

    /// An engine that ends meanwhile answers nothing: then nobody waits longer than a little.
    @Override
    public Optional<Receipt> receipt(long revision, Duration wait) {
        return engine.receipt(revision, wait)
                .completeOnTimeout(Optional.empty(), wait.plus(MARGIN).toMillis(), TimeUnit.MILLISECONDS)
                .join();
    }

    @Override
    public Optional<List<Receipt.Proxy>> concerned(long revision) {
        return engine.concerned(revision);
    }

    @Override
    public List<Receipt> receipts() {
        return engine.receipts();
    }

    @Override
    public long forgotten() {
        return engine.forgotten();
    }

    @Override
    public List<Trouble> troubles() {
        return engine.troubles();
    }

    @Override
    public Load load() {
        return engine.load();
    }

    @Override
    public Measures measures() {
        return engine.measures();
    }
}
