package io.higuma.controlplane;

import io.higuma.api.info.Observations;
import io.higuma.model.ResourceKey;
import io.higuma.model.core.DataplaneInsightSpec;
import java.util.Optional;

/// Of a control plane that serves no proxies: it has seen none.
final class Unobserved implements Observations {

    @Override
    public Optional<DataplaneInsightSpec> insight(ResourceKey dataplane) {
        return Optional.empty();
    }

    @Override
    public Optional<Receipt> receipt(long revision) {
        return Optional.empty();
    }
}
