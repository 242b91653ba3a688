package io.higuma.engine;

import io.higuma.envoy.CompileException;
import io.higuma.envoy.Origins;
import io.higuma.model.ResourceKey;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Gathers what is wrong with connected proxies. Computed when somebody asks. Loop only.
final class Troubles {

    private static final int NAMED = 100;

    private Troubles() {}

    /// What is wrong with one proxy.
    ///
    /// @param origin empty for Envoy's words
    record Cause(String message, boolean byEnvoy, String origin, List<String> policies) {

        /// What could not be made.
        static Cause of(RuntimeException e) {
            return e instanceof CompileException cause
                    ? new Cause(cause.origin() + ": " + cause.getMessage(), false, cause.origin(), cause.policies())
                    : new Cause("a fault in the compiler: " + e, false, "", List.of());
        }

        /// What cannot be made yet.
        ///
        /// @param origin the resource it waits for
        static Cause waits(ResourceKey origin, String words) {
            return new Cause(origin + ": " + words, false, origin.toString(), List.of());
        }

        /// What Envoy refused.
        ///
        /// @param resources names of the resources in the refused response
        static Cause of(String words, List<String> resources, Origins origins) {
            return new Cause(words, true, "", List.copyOf(origins.of(resources)));
        }
    }

    /// One trouble per cause, those of most proxies first.
    static List<Trouble> of(Collection<ConnectedProxy> proxies) {
        Map<Cause, List<String>> byCause = new LinkedHashMap<>();
        for (ConnectedProxy proxy : proxies) {
            for (Cause cause : proxy.causes()) {
                byCause.computeIfAbsent(cause, c -> new ArrayList<>()).add(proxy.key.mesh() + "/" + proxy.key.name());
            }
        }
        List<Trouble> found = new ArrayList<>();
        byCause.forEach((cause, names) -> found.add(new Trouble(
                cause.message(),
                cause.byEnvoy(),
                cause.origin(),
                cause.policies(),
                names.subList(0, Math.min(NAMED, names.size())),
                names.size())));
        found.sort((one, other) -> Integer.compare(other.count(), one.count()));
        return found;
    }
}
