package io.higuma.policies.timeout;

import io.higuma.model.Spec;
import io.higuma.model.annotation.Doc;
import io.higuma.model.annotation.JsonName;
import io.higuma.model.annotation.Required;
import io.higuma.model.target.Match;
import io.higuma.model.target.ToTargetRef;
import io.higuma.model.target.TopTargetRef;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// How long things may take (contract 1.7).
@Doc("How long connections and requests may take.")
public record MeshTimeoutSpec(
        @Doc("The proxies it is for; all of the mesh when absent.")
        Optional<TopTargetRef> targetRef,

        @Doc("Timeouts of what the proxies call.") List<To> to,
        @Doc("Timeouts of what the proxies serve.") List<Rule> rules)
        implements Spec {

    public MeshTimeoutSpec {
        to = List.copyOf(to);
        rules = List.copyOf(rules);
    }

    public record To(
            @Required @Doc("The destinations.") ToTargetRef targetRef,
            @JsonName("default") @Doc("The timeouts.") Conf conf) {}

    public record Rule(
            @Doc("The callers; all when absent or empty.") Optional<List<Match>> matches,
            @JsonName("default") @Doc("The timeouts.") Conf conf) {
        public Rule {
            matches = matches.map(List::copyOf);
        }

        List<Match> callers() {
            return matches.orElse(List.of());
        }
    }

    public record Conf(
            @Doc("Until a connection is established.") Optional<Duration> connectionTimeout,

            @Doc("Until an unused connection is closed; 0s for never.")
            Optional<Duration> idleTimeout,

            @Doc("Timeouts of HTTP requests.") Optional<Http> http)
            implements io.higuma.policy.Mergeable<Conf> {

        @Override
        public Conf overriddenBy(Conf other) {
            return new Conf(
                    other.connectionTimeout.or(() -> connectionTimeout),
                    other.idleTimeout.or(() -> idleTimeout),
                    http.map(mine -> other.http.map(mine::overriddenBy).orElse(mine))
                            .or(() -> other.http));
        }
    }

    public record Http(
            @Doc("Until the whole answer has arrived; 0s for no limit.")
            Optional<Duration> requestTimeout,

            @Doc("Until a stream without any byte is reset; 0s for never.")
            Optional<Duration> streamIdleTimeout,

            @Doc("How long a stream may live; 0s for no limit.")
            Optional<Duration> maxStreamDuration,

            @Doc("How long a connection may live; 0s for no limit.")
            Optional<Duration> maxConnectionDuration,

            @Doc("Until the headers of a request have arrived; 0s for no limit.")
            Optional<Duration> requestHeadersTimeout) {

        Http overriddenBy(Http other) {
            return new Http(
                    other.requestTimeout.or(() -> requestTimeout),
                    other.streamIdleTimeout.or(() -> streamIdleTimeout),
                    other.maxStreamDuration.or(() -> maxStreamDuration),
                    other.maxConnectionDuration.or(() -> maxConnectionDuration),
                    other.requestHeadersTimeout.or(() -> requestHeadersTimeout));
        }
    }
}
