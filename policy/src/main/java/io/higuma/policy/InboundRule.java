package io.higuma.policy;

import io.higuma.model.target.Match;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/// One rule of the `rules` list of a policy, for one kind of caller.
///
/// @param index its place in the list
/// @param match the callers; empty for all
public record InboundRule<C>(Matched<?> policy, int index, Optional<Match> match, C conf) implements Source {

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
        List<InboundRule<C>> general = new ArrayList<>();
        List<InboundRule<C>> conditional = new ArrayList<>();
        for (InboundRule<C> rule : listed(rules)) {
            if (rule.match().isPresent()) {
                conditional.add(rule);
                continue;
            }
            merged = merged == null ? rule.conf() : merged.overriddenBy(rule.conf());
            general.add(rule);
        }
        Optional<Effective<C>> fallback =
                merged == null ? Optional.empty() : Optional.of(new Effective<>(merged, general));
        return new Outcome<>(fallback, List.copyOf(conditional));
    }

    /// One rule for each of its matches; one for all callers if it has none.
    public static <C> List<InboundRule<C>> spread(Matched<?> policy, int index, List<Match> matches, C conf) {
        return matches.isEmpty()
                ? List.of(new InboundRule<>(policy, index, Optional.empty(), conf))
                : matches.stream()
                        .map(match -> new InboundRule<>(policy, index, Optional.of(match), conf))
                        .toList();
    }

    /// The rules of one inbound as people ask for them: those with a match first, as they are tried; then the others,
    /// least important first.
    ///
    /// @param rules of one kind of policy and one inbound, least important first
    public static <C> List<InboundRule<C>> listed(List<InboundRule<C>> rules) {
        List<InboundRule<C>> all = new ArrayList<>();
        for (InboundRule<C> rule : rules) {
            if (rule.match().isPresent()) {
                all.addFirst(rule);
            }
        }
        all.sort(Comparator.comparingInt(rule -> rank(rule.match().orElseThrow())));
        rules.stream().filter(rule -> rule.match().isEmpty()).forEach(all::add);
        return List.copyOf(all);
    }

    private static int rank(Match match) {
        int spiffe = match.spiffeID()
                .map(id -> id.type() == Match.SpiffeIdMatchType.EXACT ? 0 : 1)
                .orElse(2);
        return spiffe * 2 + (match.sni().isPresent() ? 0 : 1);
    }
}
