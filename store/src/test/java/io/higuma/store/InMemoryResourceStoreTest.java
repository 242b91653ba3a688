package io.higuma.store;

import io.higuma.store.conformance.ResourceStoreConformance;
import java.time.InstantSource;

class InMemoryResourceStoreTest extends ResourceStoreConformance {

    @Override
    protected ResourceStore open(InstantSource clock) {
        return new InMemoryResourceStore(clock);
    }
}
