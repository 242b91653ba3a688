package io.higuma.policy;

import java.util.List;

/// A configuration merged from policies.
///
/// @param origins identifiers of the policies, least important first: the winner is last
public record Effective<C>(C conf, List<String> origins) {

    public Effective {
        origins = List.copyOf(origins);
    }
}
