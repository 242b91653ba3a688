package io.higuma.policies.tcproute;

import io.higuma.model.Spec;
import io.higuma.model.annotation.Doc;
import io.higuma.model.annotation.JsonName;
import io.higuma.model.annotation.Range;
import io.higuma.model.annotation.Required;
import io.higuma.model.target.RouteBackendRef;
import io.higuma.model.target.ToTargetRef;
import io.higuma.model.target.TopTargetRef;
import io.higuma.policy.Mergeable;
import java.util.List;
import java.util.Optional;

/// Where connections go (contract 1.7).
@Doc("Where connections to a service go.")
public record MeshTcpRouteSpec(
        @Doc("The proxies it is for; all of the mesh when absent.")
        Optional<TopTargetRef> targetRef,

        @Range(min = 1) @Doc("The destinations whose connections are routed.")
        List<To> to)
        implements Spec {

    public MeshTcpRouteSpec {
        to = List.copyOf(to);
    }

    public record To(
            @Required @Doc("The destination.") ToTargetRef targetRef,
            @Required @Range(max = 1) @Doc("The one rule.") List<Rule> rules) {
        public To {
            rules = List.copyOf(rules);
        }
    }

    public record Rule(
            @Required @JsonName("default") @Doc("What happens to a connection.")
            Conf conf) implements Mergeable<Rule> {

        @Override
        public Rule overriddenBy(Rule other) {
            return new Rule(conf.overriddenBy(other.conf));
        }
    }

    public record Conf(@Doc("Where the connection goes.") Optional<List<RouteBackendRef>> backendRefs) {
        public Conf {
            backendRefs = backendRefs.map(List::copyOf);
        }

        Conf overriddenBy(Conf other) {
            return new Conf(other.backendRefs.or(() -> backendRefs));
        }

        List<RouteBackendRef> allBackends() {
            return backendRefs.orElse(List.of());
        }
    }
}
