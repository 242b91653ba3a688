package io.higuma.model;

/// What a policy of a type may contain.
///
/// @param hasTo it may have a `to` list: what a proxy sends
/// @param hasRules it may have a `rules` list: what a proxy receives
/// @param hasDefault it has one `default` for the whole proxy
/// @param order the place among the policies in listings and explanations, ascending (contract 1.1)
public record PolicyTraits(boolean hasTo, boolean hasRules, boolean hasDefault, int order) {}
