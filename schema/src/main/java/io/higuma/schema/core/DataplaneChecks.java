package io.higuma.schema.core;

import io.higuma.model.Problems;
import io.higuma.model.core.DataplaneSpec;
import io.higuma.schema.SpecValidator;
import java.util.List;

/// Dataplane: what is wrong with it, and what of it does nothing.
final class DataplaneChecks implements SpecValidator<DataplaneSpec> {

    @Override
    public void validate(DataplaneSpec spec, Problems problems) {
        DataplaneValidator.validate(spec, problems);
    }

    @Override
    public List<String> warnings(String name, DataplaneSpec spec) {
        return spec.networking()
                .transparentProxying()
                .filter(given -> !given.directAccessServices().isEmpty())
                .map(given -> List.of("networking.transparentProxying.directAccessServices does nothing: connections to"
                        + " the addresses of instances pass as they are, in plaintext, to whatever service"))
                .orElse(List.of());
    }
}
