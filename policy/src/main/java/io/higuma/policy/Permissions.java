package io.higuma.policy;

import io.higuma.model.target.Match;
import java.util.List;

/// Who may call an inbound. A deny wins over every allow; who is not allowed is denied.
///
/// @param deny in the order of their policies
/// @param allow in the order of their policies
/// @param shadowDeny allowed, but counted as if denied
public record Permissions(List<Rule> deny, List<Rule> allow, List<Rule> shadowDeny) {

    public static final Permissions DENY_ALL = new Permissions(List.of(), List.of(), List.of());

    public Permissions {
        deny = List.copyOf(deny);
        allow = List.copyOf(allow);
        shadowDeny = List.copyOf(shadowDeny);
    }

    /// Whether somebody with an identity may call.
    ///
    /// @param caller its SPIFFE id
    /// @param sni the server name that it asks for
    public boolean admit(String caller, String sni) {
        return names(allow, caller, sni) && !names(deny, caller, sni);
    }

    private static boolean names(List<Rule> rules, String caller, String sni) {
        return rules.stream()
                .flatMap(rule -> rule.matches().stream())
                .anyMatch(match -> match.spiffeID()
                                .map(id -> id.type() == Match.SpiffeIdMatchType.EXACT
                                        ? caller.equals(id.value())
                                        : caller.startsWith(id.value()))
                                .orElse(true)
                        && match.sni().map(name -> sni.equals(name.value())).orElse(true));
    }

    /// The callers that one list of one policy names.
    ///
    /// @param policy identifier of the policy: the name a decision is reported under
    public record Rule(String policy, List<Match> matches) {
        public Rule {
            matches = List.copyOf(matches);
        }
    }
}
