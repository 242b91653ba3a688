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

    /// The callers that one list of one policy names.
    ///
    /// @param policy identifier of the policy: the name a decision is reported under
    public record Rule(String policy, List<Match> matches) {
        public Rule {
            matches = List.copyOf(matches);
        }
    }
}
