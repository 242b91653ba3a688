package io.higuma.policy;

import java.util.Collection;
import java.util.List;

/// Where something that a policy says stands.
public interface Source {

    /// The policy that says it.
    Matched<?> policy();

    /// Which item of its list it is; the first is 0.
    int index();

    /// Identifiers of the policies behind several sayings, each once, in their order.
    static List<String> origins(Collection<? extends Source> sources) {
        return sources.stream()
                .map(source -> source.policy().origin())
                .distinct()
                .toList();
    }
}
