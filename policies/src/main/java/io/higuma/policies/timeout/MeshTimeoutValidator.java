package io.higuma.policies.timeout;

import io.higuma.model.Problems;
import io.higuma.model.target.Match;
import io.higuma.model.target.TargetChecks;
import io.higuma.model.target.ToTargetRef;
import io.higuma.policies.timeout.MeshTimeoutSpec.Conf;
import io.higuma.policies.timeout.MeshTimeoutSpec.Http;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;

/// What makes a MeshTimeout invalid, with the texts of contract 1.7.
final class MeshTimeoutValidator {

    private static final String CALLER =
            "can't be specified when matches contain spiffeID because this field cannot be conditioned on source identity";

    private MeshTimeoutValidator() {}

    static void validate(MeshTimeoutSpec spec, Problems problems) {
        spec.targetRef()
                .ifPresent(ref ->
                        TargetChecks.top("spec.targetRef", ref, !spec.rules().isEmpty(), problems));
        if (spec.to().isEmpty() && spec.rules().isEmpty()) {
            problems.add("spec", "at least one of 'to' or 'rules' has to be defined");
        }
        if (!spec.to().isEmpty() && !spec.rules().isEmpty()) {
            problems.add("spec", "fields 'to' must be empty when 'rules' is defined");
        }
        for (int i = 0; i < spec.to().size(); i++) {
            MeshTimeoutSpec.To to = spec.to().get(i);
            String path = "spec.to[" + i + "]";
            TargetChecks.to(path + ".targetRef", to.targetRef(), EnumSet.allOf(ToTargetRef.Kind.class), problems);
            conf(path + ".default", to.conf(), problems);
        }
        for (int i = 0; i < spec.rules().size(); i++) {
            rule("spec.rules[" + i + "]", spec.rules().get(i), problems);
        }
    }

    private static void rule(String path, MeshTimeoutSpec.Rule rule, Problems problems) {
        List<Match> matches = rule.callers();
        for (int j = 0; j < matches.size(); j++) {
            Match match = matches.get(j);
            if (match.spiffeID().isEmpty() && match.sni().isEmpty()) {
                problems.add(path + ".matches[" + j + "]", "must specify at least one of 'spiffeID' or 'sni'");
            }
            TargetChecks.match(path + ".matches[" + j + "]", match, problems);
        }
        if (matches.stream().anyMatch(match -> match.spiffeID().isPresent())) {
            conditioned(path + ".default", rule.conf(), problems);
        }
        conf(path + ".default", rule.conf(), problems);
    }

    private static void conditioned(String path, Conf conf, Problems problems) {
        refuse(path + ".connectionTimeout", conf.connectionTimeout(), problems);
        refuse(path + ".idleTimeout", conf.idleTimeout(), problems);
        conf.http().ifPresent(http -> {
            refuse(path + ".http.requestHeadersTimeout", http.requestHeadersTimeout(), problems);
            refuse(path + ".http.maxStreamDuration", http.maxStreamDuration(), problems);
            refuse(path + ".http.maxConnectionDuration", http.maxConnectionDuration(), problems);
        });
    }

    private static void refuse(String path, Optional<Duration> value, Problems problems) {
        value.ifPresent(v -> problems.add(path, CALLER));
    }

    private static void conf(String path, Conf conf, Problems problems) {
        if (conf.connectionTimeout().isEmpty()
                && conf.idleTimeout().isEmpty()
                && conf.http().isEmpty()) {
            problems.add(path, "at least one timeout should be configured");
        }
        conf.connectionTimeout()
                .filter(timeout -> !timeout.isPositive())
                .ifPresent(
                        timeout -> problems.add(path + ".connectionTimeout", "must be greater than zero when defined"));
        notNegative(path + ".idleTimeout", conf.idleTimeout(), problems);
        conf.http().ifPresent(http -> http(path + ".http", http, problems));
    }

    private static void http(String path, Http http, Problems problems) {
        if (http.requestTimeout().isEmpty()
                && http.streamIdleTimeout().isEmpty()
                && http.maxStreamDuration().isEmpty()
                && http.maxConnectionDuration().isEmpty()) {
            problems.add(path, "at least one timeout in this section should be configured");
        }
        notNegative(path + ".requestTimeout", http.requestTimeout(), problems);
        notNegative(path + ".streamIdleTimeout", http.streamIdleTimeout(), problems);
        notNegative(path + ".maxStreamDuration", http.maxStreamDuration(), problems);
        notNegative(path + ".maxConnectionDuration", http.maxConnectionDuration(), problems);
        notNegative(path + ".requestHeadersTimeout", http.requestHeadersTimeout(), problems);
    }

    private static void notNegative(String path, Optional<Duration> value, Problems problems) {
        value.filter(Duration::isNegative)
                .ifPresent(timeout -> problems.add(path, "must not be negative when defined"));
    }
}
