package io.higuma.policies.httproute;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import io.higuma.model.Names;
import io.higuma.model.Problems;
import io.higuma.model.core.IntOrString;
import io.higuma.model.target.TargetChecks;
import io.higuma.model.target.ToTargetRef;
import io.higuma.policies.httproute.MeshHttpRouteSpec.Conf;
import io.higuma.policies.httproute.MeshHttpRouteSpec.Filter;
import io.higuma.policies.httproute.MeshHttpRouteSpec.HeaderMatch;
import io.higuma.policies.httproute.MeshHttpRouteSpec.HeaderModifier;
import io.higuma.policies.httproute.MeshHttpRouteSpec.HeaderType;
import io.higuma.policies.httproute.MeshHttpRouteSpec.HeaderValue;
import io.higuma.policies.httproute.MeshHttpRouteSpec.Match;
import io.higuma.policies.httproute.MeshHttpRouteSpec.NewPath;
import io.higuma.policies.httproute.MeshHttpRouteSpec.NewPathType;
import io.higuma.policies.httproute.MeshHttpRouteSpec.PathMatch;
import io.higuma.policies.httproute.MeshHttpRouteSpec.PathType;
import io.higuma.policies.httproute.MeshHttpRouteSpec.QueryMatch;
import io.higuma.policies.httproute.MeshHttpRouteSpec.QueryType;
import io.higuma.policies.httproute.MeshHttpRouteSpec.Redirect;
import io.higuma.policies.httproute.MeshHttpRouteSpec.Rule;
import io.higuma.policies.httproute.MeshHttpRouteSpec.UrlRewrite;
import java.math.BigDecimal;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/// What makes a MeshHTTPRoute invalid, with the texts of contract 1.7.
final class MeshHttpRouteValidator {

    static final Set<ToTargetRef.Kind> DESTINATIONS = EnumSet.of(
            ToTargetRef.Kind.MESH_SERVICE,
            ToTargetRef.Kind.MESH_EXTERNAL_SERVICE,
            ToTargetRef.Kind.MESH_MULTI_ZONE_SERVICE);
    private static final java.util.regex.Pattern IPV4 = java.util.regex.Pattern.compile("\\d+\\.\\d+\\.\\d+\\.\\d+");

    private MeshHttpRouteValidator() {}

    static void validate(MeshHttpRouteSpec spec, Problems problems) {
        spec.targetRef().ifPresent(ref -> TargetChecks.top("spec.targetRef", ref, false, problems));
        for (int i = 0; i < spec.destinations().size(); i++) {
            MeshHttpRouteSpec.To to = spec.destinations().get(i);
            String path = "spec.to[" + i + "]";
            TargetChecks.to(path + ".targetRef", to.targetRef(), DESTINATIONS, problems);
            if (!to.hostnames().isEmpty()) {
                problems.add(path + ".hostnames", "must not be defined");
            }
            for (int j = 0; j < to.rules().size(); j++) {
                rule(path + ".rules[" + j + "]", to.rules().get(j), problems);
            }
        }
    }

    private static void rule(String path, Rule rule, Problems problems) {
        for (int k = 0; k < rule.matches().size(); k++) {
            match(path + ".matches[" + k + "]", rule.matches().get(k), problems);
        }
        Conf conf = rule.conf();
        for (int k = 0; k < conf.allFilters().size(); k++) {
            filter(path + ".default.filters[" + k + "]", conf.allFilters().get(k), rule.matches(), problems);
        }
        for (int k = 0; k < conf.allBackends().size(); k++) {
            TargetChecks.backend(
                    path + ".default.backendRefs[" + k + "]", conf.allBackends().get(k), problems);
        }
    }

    private static void match(String path, Match match, Problems problems) {
        match.path().ifPresent(wanted -> path(path + ".path.value", wanted, problems));
        for (int n = 0; n < match.headers().size(); n++) {
            header(path + ".headers[" + n + "].value", match.headers().get(n), problems);
        }
        Set<String> names = new HashSet<>();
        for (int n = 0; n < match.queryParams().size(); n++) {
            QueryMatch param = match.queryParams().get(n);
            if (!names.add(param.name())) {
                problems.add(path + ".queryParams[" + n + "].name", "multiple entries for name " + param.name());
            }
            if (param.type() == QueryType.REGEX) {
                regex(path + ".queryParams[" + n + "].value", param.value(), problems);
            }
        }
    }

    private static void path(String path, PathMatch match, Problems problems) {
        if (match.type() == PathType.REGEX) {
            regex(path, match.value(), problems);
            return;
        }
        if (!match.value().startsWith("/")) {
            problems.add(path, "must be an absolute path");
        }
        if (match.type() == PathType.PREFIX
                && match.value().endsWith("/")
                && !match.value().equals("/")) {
            problems.add(
                    path,
                    "does not need a trailing slash because only a `/`-separated prefix or an entire path is matched");
        }
        if (match.value().indexOf('?') >= 0 || match.value().indexOf('#') >= 0) {
            problems.add(path, "must not hold '?' or '#': they are no part of a path, use queryParams");
        }
    }

    private static void header(String path, HeaderMatch header, Problems problems) {
        boolean valueless = header.type() == HeaderType.PRESENT || header.type() == HeaderType.ABSENT;
        if (valueless && header.value().filter(text -> !text.isEmpty()).isPresent()) {
            problems.add(path, "must not be defined");
        }
        if (header.type() == HeaderType.REGEX) {
            regex(path, header.value().orElse(""), problems);
        }
    }

    /// Envoy takes RE2, so the same syntax decides here, before anything is served.
    private static void regex(String path, String expression, Problems problems) {
        if (expression.isEmpty()) {
            problems.add(path, "must be defined");
            return;
        }
        try {
            Pattern.compile(expression);
        } catch (PatternSyntaxException e) {
            problems.add(
                    path,
                    "'" + expression + "' is no regular expression of RE2: "
                            + e.getDescription().toLowerCase(Locale.ROOT)
                            + Optional.ofNullable(e.getPattern())
                                    .filter(part -> !part.isEmpty() && !part.equals(expression))
                                    .map(part -> " '" + part + "'")
                                    .orElse(""));
        }
    }

    private static void filter(String path, Filter filter, List<Match> matches, Problems problems) {
        switch (filter.type()) {
            case REQUEST_HEADER_MODIFIER ->
                defined(path + ".requestHeaderModifier", filter.requestHeaderModifier(), problems)
                        .ifPresent(headers -> headers(path + ".requestHeaderModifier", headers, problems));
            case RESPONSE_HEADER_MODIFIER ->
                defined(path + ".responseHeaderModifier", filter.responseHeaderModifier(), problems)
                        .ifPresent(headers -> headers(path + ".responseHeaderModifier", headers, problems));
            case REQUEST_REDIRECT ->
                defined(path + ".requestRedirect", filter.requestRedirect(), problems)
                        .ifPresent(redirect -> redirect(path + ".requestRedirect", redirect, matches, problems));
            case URL_REWRITE ->
                defined(path + ".urlRewrite", filter.urlRewrite(), problems)
                        .ifPresent(rewrite -> rewrite(path + ".urlRewrite", rewrite, matches, problems));
            case REQUEST_MIRROR ->
                defined(path + ".requestMirror", filter.requestMirror(), problems)
                        .ifPresent(mirror -> {
                            TargetChecks.backend(path + ".requestMirror.backendRef", mirror.backendRef(), problems);
                            mirror.percentage()
                                    .filter(percent -> perMillion(percent).isEmpty())
                                    .ifPresent(percent -> problems.add(
                                            path + ".requestMirror.percentage",
                                            "'" + percent + "' is no percentage, expected a number from 0 to 100"));
                        });
        }
    }

    private static <T> Optional<T> defined(String path, Optional<T> value, Problems problems) {
        if (value.isEmpty()) {
            problems.add(path, "must be defined");
        }
        return value;
    }

    /// Parts of a million; empty for what is no percentage.
    static Optional<Integer> perMillion(IntOrString percent) {
        try {
            BigDecimal value = new BigDecimal(percent.toString());
            boolean inside = value.signum() >= 0 && value.compareTo(BigDecimal.valueOf(100)) <= 0;
            return inside
                    ? Optional.of(value.multiply(BigDecimal.valueOf(10_000)).intValue())
                    : Optional.empty();
        } catch (NumberFormatException e) {
            return Optional.empty();
        }
    }

    private static void headers(String path, HeaderModifier headers, Problems problems) {
        if (headers.set().isEmpty()
                && headers.add().isEmpty()
                && headers.remove().isEmpty()) {
            problems.add(path, "must have at least one defined: set, add, remove");
        }
        Set<String> names = new HashSet<>();
        List<String> set = headers.set().stream().map(HeaderValue::name).toList();
        List<String> add = headers.add().stream().map(HeaderValue::name).toList();
        unique(path + ".set", set, names, problems);
        unique(path + ".add", add, names, problems);
        unique(path + ".remove", headers.remove(), names, problems);
    }

    private static void unique(String path, List<String> given, Set<String> names, Problems problems) {
        for (int n = 0; n < given.size(); n++) {
            if (!names.add(given.get(n))) {
                problems.add(path + "[" + n + "].name", "duplicate header name");
            }
            if (given.get(n).equals("host")) {
                problems.add(path + "[" + n + "].name", "host is changed by urlRewrite.hostname, not as a header");
            }
        }
    }

    private static void redirect(String path, Redirect redirect, List<Match> matches, Problems problems) {
        redirect.hostname().ifPresent(host -> host(path + ".hostname", host, problems));
        redirect.path().ifPresent(wanted -> newPath(path + ".path", wanted, matches, problems));
    }

    private static void rewrite(String path, UrlRewrite rewrite, List<Match> matches, Problems problems) {
        rewrite.hostname().ifPresent(host -> host(path + ".hostname", host, problems));
        rewrite.path().ifPresent(wanted -> newPath(path + ".path", wanted, matches, problems));
        if (rewrite.hostToBackendHostname().filter(on -> on).isPresent()) {
            problems.add(path + ".hostToBackendHostname", "must not be set");
            if (rewrite.hostname().isPresent()) {
                problems.add(path + ".hostToBackendHostname", "cannot be set together with hostname");
            }
        }
    }

    private static void host(String path, String host, Problems problems) {
        if (IPV4.matcher(host).matches()) {
            problems.add(path, "cannot be an IP address");
            return;
        }
        Names.subdomain(host).forEach(text -> problems.add(path, text));
    }

    private static void newPath(String path, NewPath wanted, List<Match> matches, Problems problems) {
        if (wanted.type() == NewPathType.PREFIX) {
            defined(path + ".replacePrefixMatch", wanted.replacePrefixMatch(), problems);
            boolean prefixes = matches.stream()
                    .allMatch(match -> match.path()
                            .filter(value -> value.type() == PathType.PREFIX)
                            .isPresent());
            if (!prefixes) {
                problems.add(path + ".replacePrefixMatch", "can only appear if all matches match a path prefix");
            }
            wanted.replacePrefixMatch()
                    .filter(text -> !text.isEmpty())
                    .ifPresent(text -> absolute(path + ".replacePrefixMatch", text, problems));
        } else {
            defined(path + ".replaceFullPath", wanted.replaceFullPath(), problems)
                    .ifPresent(text -> absolute(path + ".replaceFullPath", text, problems));
        }
    }

    private static void absolute(String path, String value, Problems problems) {
        if (!value.startsWith("/")) {
            problems.add(path, "must be an absolute path, '" + value + "' does not begin with '/'");
        }
    }
}
