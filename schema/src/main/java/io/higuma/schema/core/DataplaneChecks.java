package io.higuma.schema.core;

import io.higuma.model.Problems;
import io.higuma.model.core.DataplaneSpec;
import io.higuma.model.core.DataplaneSpec.BackendRef;
import io.higuma.model.core.DataplaneSpec.Outbound;
import io.higuma.schema.SpecValidator;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Dataplane: what is wrong with it, and what of it does nothing.
final class DataplaneChecks implements SpecValidator<DataplaneSpec> {

    @Override
    public void validate(DataplaneSpec spec, Problems problems) {
        DataplaneValidator.validate(spec, problems);
    }

    @Override
    public List<String> warnings(String name, DataplaneSpec spec) {
        List<String> warnings = new ArrayList<>();
        spec.networking()
                .transparentProxying()
                .filter(given -> !given.directAccessServices().isEmpty())
                .ifPresent(given ->
                        warnings.add("networking.transparentProxying.directAccessServices does nothing: connections to"
                                + " the addresses of instances pass as they are, in plaintext, to whatever service"));
        outboundCollisions(spec.networking().outbound(), warnings);
        return warnings;
    }

    /// Two outbounds on one address and port. The reference takes them, and so do we: one of the services may not be
    /// there, and then it has no listener.
    private static void outboundCollisions(List<Outbound> outbounds, List<String> warnings) {
        Map<String, Integer> places = new HashMap<>();
        for (int i = 0; i < outbounds.size(); i++) {
            String place = outbounds.get(i).addressOrLoopback() + ":"
                    + outbounds.get(i).port();
            Integer first = places.putIfAbsent(place, i);
            if (first != null) {
                warnings.add(said(first, outbounds) + " and " + said(i, outbounds) + " both want " + place
                        + ": while both services are there, the proxy keeps the configuration that it has; give one of"
                        + " them another address or port");
            }
        }
    }

    private static String said(int place, List<Outbound> outbounds) {
        BackendRef to = outbounds.get(place).backendRef();
        return "networking.outbound[" + place + "] (" + to.kind() + " "
                + to.name().filter(name -> !name.isEmpty()).orElseGet(() -> "with " + to.labels())
                + to.port().map(port -> ", port " + port).orElse("") + ")";
    }
}
