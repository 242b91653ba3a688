package io.higuma.controlplane;

import io.higuma.api.info.Observations;
import io.higuma.engine.MeshEngine;
import io.higuma.model.ResourceKey;
import io.higuma.model.core.DataplaneInsightSpec;
import java.util.Optional;

/// What the engine knows of proxies, for the API.
record EngineObservations(MeshEngine engine) implements Observations {

    @Override
    public Optional<DataplaneInsightSpec> insight(ResourceKey dataplane) {
        return engine.insight(dataplane);
    }

    @Override
    public Optional<Receipt> receipt(long revision) {
        return engine.receipt(revision)
                .map(receipt -> new Receipt(
                        receipt.applied(),
                        receipt.concerned(),
                        receipt.running(),
                        receipt.missing(),
                        receipt.refused().stream()
                                .map(refused -> new Refused(refused.proxy(), refused.message()))
                                .toList(),
                        receipt.firstAck(),
                        receipt.lastAck()));
    }
}
