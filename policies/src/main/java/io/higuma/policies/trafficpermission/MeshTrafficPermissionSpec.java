package io.higuma.policies.trafficpermission;

import io.higuma.model.Spec;
import io.higuma.model.annotation.Doc;
import io.higuma.model.annotation.JsonName;
import io.higuma.model.annotation.Required;
import io.higuma.model.target.Match;
import io.higuma.model.target.TopTargetRef;
import java.util.List;
import java.util.Optional;

/// Who may call the proxies it selects (contract 1.7).
@Doc("Who may call the proxies it selects. Without any, nobody may.")
public record MeshTrafficPermissionSpec(
        @Doc("The proxies it is for; all of the mesh when absent.")
        Optional<TopTargetRef> targetRef,

        @Doc("Callers that are allowed and denied.") List<Rule> rules)
        implements Spec {

    public MeshTrafficPermissionSpec {
        rules = List.copyOf(rules);
    }

    public record Rule(
            @Required @JsonName("default") @Doc("Callers that are allowed and denied.")
            Conf conf) {}

    public record Conf(
            @Doc("Callers that may call, unless something denies them.")
            List<Match> allow,

            @Doc("Callers that may call and are counted as if denied: to try a deny out.")
            List<Match> allowWithShadowDeny,

            @Doc("Callers that may not call, whatever else allows them.")
            List<Match> deny) {

        public Conf {
            allow = List.copyOf(allow);
            allowWithShadowDeny = List.copyOf(allowWithShadowDeny);
            deny = List.copyOf(deny);
        }
    }
}
