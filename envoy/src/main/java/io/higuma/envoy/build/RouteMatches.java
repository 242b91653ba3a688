package io.higuma.envoy.build;

import io.envoyproxy.envoy.config.route.v3.HeaderMatcher;
import io.envoyproxy.envoy.config.route.v3.QueryParameterMatcher;
import io.envoyproxy.envoy.config.route.v3.RouteMatch;
import io.envoyproxy.envoy.type.matcher.v3.RegexMatcher;
import io.envoyproxy.envoy.type.matcher.v3.StringMatcher;
import io.higuma.policy.HttpRoute;
import io.higuma.policy.HttpRoute.Path;

/// The conditions of a route as Envoy's.
final class RouteMatches {

    private static final String ROOT = "/";

    private RouteMatches() {}

    static RouteMatch.Builder of(HttpRoute.Match match) {
        RouteMatch.Builder made = path(match.path());
        match.method()
                .ifPresent(method -> made.addHeaders(
                        HeaderMatcher.newBuilder().setName(":method").setStringMatch(exact(method))));
        match.headers().forEach(header -> made.addHeaders(header(header)));
        match.params()
                .forEach(param -> made.addQueryParameters(QueryParameterMatcher.newBuilder()
                        .setName(param.name())
                        .setStringMatch(param.regex() ? regex(param.value()) : exact(param.value()))));
        return made;
    }

    /// A prefix of whole segments is one route: Envoy compares up to the slash itself.
    private static RouteMatch.Builder path(Path path) {
        RouteMatch.Builder made = RouteMatch.newBuilder();
        return switch (path) {
            case Path.Anything any -> made.setPrefix(ROOT);
            case Path.Exact exact -> made.setPath(exact.value());
            case Path.Prefix prefix when prefix.value().equals(ROOT) -> made.setPrefix(ROOT);
            case Path.Prefix prefix ->
                made.setPathSeparatedPrefix(
                        prefix.value().endsWith(ROOT)
                                ? prefix.value().substring(0, prefix.value().length() - 1)
                                : prefix.value());
            case Path.Regex regex -> made.setSafeRegex(RegexMatcher.newBuilder().setRegex(regex.value()));
        };
    }

    private static HeaderMatcher.Builder header(HttpRoute.Header header) {
        HeaderMatcher.Builder made = HeaderMatcher.newBuilder().setName(header.name());
        return switch (header.kind()) {
            case EXACT -> made.setStringMatch(exact(header.value()));
            case REGEX -> made.setStringMatch(regex(header.value()));
            case PREFIX -> made.setStringMatch(StringMatcher.newBuilder().setPrefix(header.value()));
            case PRESENT -> made.setPresentMatch(true);
            case ABSENT -> made.setPresentMatch(false);
        };
    }

    private static StringMatcher.Builder exact(String value) {
        return StringMatcher.newBuilder().setExact(value);
    }

    private static StringMatcher.Builder regex(String value) {
        return StringMatcher.newBuilder().setSafeRegex(RegexMatcher.newBuilder().setRegex(value));
    }
}
