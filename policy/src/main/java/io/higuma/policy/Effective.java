package io.higuma.policy;

import java.util.List;

/// A configuration merged from policies.
///
/// @param sources what was merged, least important first: the winner is last
public record Effective<C>(C conf, List<? extends Source> sources) {

    public Effective {
        sources = List.copyOf(sources);
    }

    /// Identifiers of the policies, each once, least important first.
    public List<String> origins() {
        return Source.origins(sources);
    }
}
