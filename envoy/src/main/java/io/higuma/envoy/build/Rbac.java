package io.higuma.envoy.build;

import com.github.xds.core.v3.TypedExtensionConfig;
import com.github.xds.type.matcher.v3.Matcher;
import com.github.xds.type.matcher.v3.StringMatcher;
import com.google.protobuf.Any;
import io.envoyproxy.envoy.config.rbac.v3.Action;
import io.envoyproxy.envoy.config.rbac.v3.RBAC;
import io.envoyproxy.envoy.extensions.filters.http.rbac.v3.RBACPerRoute;
import io.envoyproxy.envoy.extensions.matching.common_inputs.network.v3.ServerNameInput;
import io.envoyproxy.envoy.extensions.matching.common_inputs.ssl.v3.UriSanInput;
import io.higuma.model.target.Match;
import io.higuma.policy.Permissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// Permissions as Envoy's RBAC (`reference/dataplane.md` 5.11): every deny before every allow, then
/// deny. The name of the decision is the policy's, so that a refusal says where it comes from.
final class Rbac {

    static final String HTTP_FILTER = "envoy.filters.http.rbac";
    private static final String NETWORK_FILTER = "envoy.filters.network.rbac";
    private static final String NO_POLICY = "default";
    /// A header holds no long list.
    private static final int NAMED = 3;

    private Rbac() {}

    /// What the HTTP filter does where no route says otherwise: deny. So a route that is missing never opens
    /// anything.
    static Any httpFilter() {
        return Protos.pack(io.envoyproxy
                .envoy
                .extensions
                .filters
                .http
                .rbac
                .v3
                .RBAC
                .newBuilder()
                .setMatcher(matcher(Permissions.DENY_ALL))
                .build());
    }

    static Any perRoute(Permissions permissions) {
        io.envoyproxy.envoy.extensions.filters.http.rbac.v3.RBAC.Builder rbac = io.envoyproxy
                .envoy
                .extensions
                .filters
                .http
                .rbac
                .v3
                .RBAC
                .newBuilder()
                .setMatcher(matcher(permissions));
        shadow(permissions).ifPresent(rbac::setShadowMatcher);
        return Protos.pack(RBACPerRoute.newBuilder().setRbac(rbac).build());
    }

    static io.envoyproxy.envoy.config.listener.v3.Filter networkFilter(String listener, Permissions permissions) {
        io.envoyproxy.envoy.extensions.filters.network.rbac.v3.RBAC.Builder rbac = io.envoyproxy
                .envoy
                .extensions
                .filters
                .network
                .rbac
                .v3
                .RBAC
                .newBuilder()
                .setStatPrefix(listener + ".")
                .setMatcher(matcher(permissions));
        shadow(permissions).ifPresent(rbac::setShadowMatcher);
        return io.envoyproxy.envoy.config.listener.v3.Filter.newBuilder()
                .setName(NETWORK_FILTER)
                .setTypedConfig(Protos.pack(rbac.build()))
                .build();
    }

    private static Matcher matcher(Permissions permissions) {
        List<Matcher.MatcherList.FieldMatcher> matchers = new ArrayList<>();
        for (Permissions.Rule rule : permissions.deny()) {
            if (matchesEverybody(rule)) {
                return decide(matchers, RBAC.Action.DENY, rule.policy());
            }
            matchers.add(field(rule, RBAC.Action.DENY));
        }
        for (Permissions.Rule rule : permissions.allow()) {
            if (matchesEverybody(rule)) {
                return decide(matchers, RBAC.Action.ALLOW, rule.policy());
            }
            matchers.add(field(rule, RBAC.Action.ALLOW));
        }
        return decide(matchers, RBAC.Action.DENY, nobody(permissions));
    }

    /// What a refusal says where no policy allows the caller: which ones were looked at. Envoy puts `_`
    /// for spaces in it, so it has none.
    private static String nobody(Permissions permissions) {
        List<String> names = Stream.of(permissions.deny(), permissions.allow())
                .flatMap(List::stream)
                .map(Permissions.Rule::policy)
                .distinct()
                .toList();
        if (names.isEmpty()) {
            return NO_POLICY + "(no-MeshTrafficPermission-allows-anybody)";
        }
        String more = names.size() > NAMED ? ",and-" + (names.size() - NAMED) + "-more" : "";
        return NO_POLICY + "(not-allowed-by:" + String.join(",", names.subList(0, Math.min(NAMED, names.size()))) + more
                + ")";
    }

    private static Optional<Matcher> shadow(Permissions permissions) {
        if (permissions.shadowDeny().isEmpty()) {
            return Optional.empty();
        }
        List<Matcher.MatcherList.FieldMatcher> matchers = new ArrayList<>();
        for (Permissions.Rule rule : permissions.shadowDeny()) {
            if (matchesEverybody(rule)) {
                return Optional.of(decide(matchers, RBAC.Action.DENY, rule.policy()));
            }
            matchers.add(field(rule, RBAC.Action.DENY));
        }
        return Optional.of(decide(matchers, RBAC.Action.ALLOW, NO_POLICY));
    }

    private static boolean matchesEverybody(Permissions.Rule rule) {
        return rule.matches().stream()
                .anyMatch(match -> match.spiffeID().isEmpty() && match.sni().isEmpty());
    }

    private static Matcher decide(List<Matcher.MatcherList.FieldMatcher> matchers, RBAC.Action otherwise, String name) {
        Matcher.Builder matcher = Matcher.newBuilder().setOnNoMatch(action(otherwise, name));
        if (!matchers.isEmpty()) {
            matcher.setMatcherList(Matcher.MatcherList.newBuilder().addAllMatchers(matchers));
        }
        return matcher.build();
    }

    private static Matcher.MatcherList.FieldMatcher field(Permissions.Rule rule, RBAC.Action action) {
        List<Matcher.MatcherList.Predicate> predicates =
                rule.matches().stream().map(Rbac::predicate).toList();
        Matcher.MatcherList.Predicate predicate = predicates.size() == 1
                ? predicates.getFirst()
                : Matcher.MatcherList.Predicate.newBuilder()
                        .setOrMatcher(list(predicates))
                        .build();
        return Matcher.MatcherList.FieldMatcher.newBuilder()
                .setPredicate(predicate)
                .setOnMatch(action(action, rule.policy()))
                .build();
    }

    private static Matcher.MatcherList.Predicate predicate(Match match) {
        List<Matcher.MatcherList.Predicate> parts = new ArrayList<>();
        match.spiffeID()
                .ifPresent(id -> parts.add(single(
                        "envoy.matching.inputs.uri_san",
                        Protos.pack(UriSanInput.getDefaultInstance()),
                        id.type() == Match.SpiffeIdMatchType.EXACT
                                ? StringMatcher.newBuilder()
                                        .setExact(id.value())
                                        .build()
                                : StringMatcher.newBuilder()
                                        .setPrefix(id.value())
                                        .build())));
        match.sni()
                .ifPresent(sni -> parts.add(single(
                        "envoy.matching.inputs.server_name",
                        Protos.pack(ServerNameInput.getDefaultInstance()),
                        StringMatcher.newBuilder().setExact(sni.value()).build())));
        return parts.size() == 1
                ? parts.getFirst()
                : Matcher.MatcherList.Predicate.newBuilder()
                        .setAndMatcher(list(parts))
                        .build();
    }

    private static Matcher.MatcherList.Predicate single(String name, Any input, StringMatcher value) {
        return Matcher.MatcherList.Predicate.newBuilder()
                .setSinglePredicate(Matcher.MatcherList.Predicate.SinglePredicate.newBuilder()
                        .setInput(extension(name, input))
                        .setValueMatch(value))
                .build();
    }

    private static Matcher.MatcherList.Predicate.PredicateList list(List<Matcher.MatcherList.Predicate> predicates) {
        return Matcher.MatcherList.Predicate.PredicateList.newBuilder()
                .addAllPredicate(predicates)
                .build();
    }

    private static Matcher.OnMatch action(RBAC.Action action, String name) {
        return Matcher.OnMatch.newBuilder()
                .setAction(extension(
                        "envoy.filters.rbac.action",
                        Protos.pack(Action.newBuilder()
                                .setName(name)
                                .setAction(action)
                                .build())))
                .build();
    }

    private static TypedExtensionConfig extension(String name, Any config) {
        return TypedExtensionConfig.newBuilder()
                .setName(name)
                .setTypedConfig(config)
                .build();
    }
}
