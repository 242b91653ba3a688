package io.higuma.policy;

import io.higuma.model.target.Match;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/// One rule of the `rules` list of a policy, for one kind of caller.
///
/// @param match the callers; empty for all
public record InboundRule<C>(Matched<?> policy, Optional<Match> match, C conf) {

    /// What the rules say about the callers of an inbound.
    ///
    /// @param fallback for callers that no rule is about; empty if there is none
    /// @param conditional the rules with a match, the most specific first
    public record Outcome<C>(Optional<Effective<C>> fallback, List<InboundRule<C>> conditional) {}

    /// Sorts the rules of one inbound (contract 2.5): those without a match merge into one
    /// fallback; the others are not merged, exact SPIFFE ids come before prefixes before none, then
    /// server names, then the more important policy.
    ///
    /// @param rules of one kind of policy and one inbound, least important first
    public static <C extends Mergeable<C>> Outcome<C> arrange(List<InboundRule<C>> rules) {
        C merged = null;
        List<String> origins = new ArrayList<>();
        List<InboundRule<C>> conditional = new ArrayList<>();
        for (InboundRule<C> rule : rules) {
            if (rule.match().isPresent()) {
                conditional.addFirst(rule);
                continue;
            }
            merged = merged == null ? rule.conf() : merged.overriddenBy(rule.conf());
            if (!origins.contains(rule.policy().origin())) {
                origins.add(rule.policy().origin());
            }
        }
        conditional.sort(Comparator.comparingInt(rule -> rank(rule.match().orElseThrow())));
        Optional<Effective<C>> fallback =
                merged == null ? Optional.empty() : Optional.of(new Effective<>(merged, origins));
        return new Outcome<>(fallback, List.copyOf(conditional));
    }

    private static int rank(Match match) {
        int spiffe = match.spiffeID()
                .map(id -> id.type() == Match.SpiffeIdMatchType.EXACT ? 0 : 1)
                .orElse(2);
        return spiffe * 2 + (match.sni().isPresent() ? 0 : 1);
    }
}
