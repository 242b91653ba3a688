package io.higuma.policies.httproute;

import io.higuma.model.target.RouteBackendRef;
import io.higuma.policies.httproute.MeshHttpRouteSpec.Conf;
import io.higuma.policies.httproute.MeshHttpRouteSpec.Filter;
import io.higuma.policies.httproute.MeshHttpRouteSpec.FilterType;
import io.higuma.policies.httproute.MeshHttpRouteSpec.HeaderMatch;
import io.higuma.policies.httproute.MeshHttpRouteSpec.HeaderModifier;
import io.higuma.policies.httproute.MeshHttpRouteSpec.HeaderValue;
import io.higuma.policies.httproute.MeshHttpRouteSpec.Match;
import io.higuma.policies.httproute.MeshHttpRouteSpec.Mirror;
import io.higuma.policies.httproute.MeshHttpRouteSpec.NewPath;
import io.higuma.policies.httproute.MeshHttpRouteSpec.PathMatch;
import io.higuma.policies.httproute.MeshHttpRouteSpec.QueryType;
import io.higuma.policies.httproute.MeshHttpRouteSpec.Redirect;
import io.higuma.policies.httproute.MeshHttpRouteSpec.Scheme;
import io.higuma.policies.httproute.MeshHttpRouteSpec.UrlRewrite;
import io.higuma.policy.Backend;
import io.higuma.policy.HttpRoute;
import io.higuma.policy.HttpRoute.HeaderEdits;
import io.higuma.policy.HttpRoute.HeaderKind;
import io.higuma.policy.HttpRoute.Pair;
import io.higuma.policy.HttpRoute.Path;
import io.higuma.policy.Routing;
import io.higuma.policy.Shares;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/// From the rules for one destination to routes, and the backends they name.
final class Translation {

    private static final int ALL = 1_000_000;

    private final Shares shares;

    Translation(Backend destination, Routing routing) {
        this.shares = new Shares(destination, routing);
    }

    /// Everything the routes made so far name.
    List<Backend> backends() {
        return shares.backends();
    }

    HttpRoute route(RouteTable.Entry entry) {
        Conf conf = entry.conf();
        List<Redirect> redirects = filters(conf, FilterType.REQUEST_REDIRECT, Filter::requestRedirect);
        return new HttpRoute(
                entry.name(),
                match(entry.match()),
                edits(conf),
                redirects.isEmpty() ? forward(conf) : redirect(redirects.getLast()),
                entry.origins());
    }

    private static HttpRoute.Match match(Match match) {
        return new HttpRoute.Match(
                match.path().map(Translation::path).orElseGet(Path.Anything::new),
                match.method().map(Enum::name),
                match.headers().stream().map(Translation::header).toList(),
                match.queryParams().stream()
                        .map(param -> new HttpRoute.Param(param.name(), param.type() == QueryType.REGEX, param.value()))
                        .toList());
    }

    private static Path path(PathMatch path) {
        return switch (path.type()) {
            case EXACT -> new Path.Exact(path.value());
            case PREFIX -> new Path.Prefix(path.value());
            case REGEX -> new Path.Regex(path.value());
        };
    }

    private static HttpRoute.Header header(HeaderMatch header) {
        HeaderKind kind = switch (header.type()) {
            case EXACT -> HeaderKind.EXACT;
            case PRESENT -> HeaderKind.PRESENT;
            case REGEX -> HeaderKind.REGEX;
            case ABSENT -> HeaderKind.ABSENT;
            case PREFIX -> HeaderKind.PREFIX;
        };
        return new HttpRoute.Header(header.name(), kind, header.value().orElse(""));
    }

    private HttpRoute.Edits edits(Conf conf) {
        List<HttpRoute.Mirror> mirrors = filters(conf, FilterType.REQUEST_MIRROR, Filter::requestMirror).stream()
                .flatMap(mirror -> mirror(mirror).stream())
                .toList();
        return new HttpRoute.Edits(
                headers(filters(conf, FilterType.REQUEST_HEADER_MODIFIER, Filter::requestHeaderModifier)),
                headers(filters(conf, FilterType.RESPONSE_HEADER_MODIFIER, Filter::responseHeaderModifier)),
                mirrors);
    }

    /// A copy that leads nowhere is not made: the request itself has nothing to do with it.
    private Optional<HttpRoute.Mirror> mirror(Mirror mirror) {
        int share =
                mirror.percentage().flatMap(MeshHttpRouteValidator::perMillion).orElse(ALL);
        return shares.cluster(mirror.backendRef()).map(cluster -> new HttpRoute.Mirror(cluster, share));
    }

    private static HeaderEdits headers(List<HeaderModifier> modifiers) {
        HeaderEdits edits = HeaderEdits.NONE;
        for (HeaderModifier modifier : modifiers) {
            edits = edits.and(new HeaderEdits(pairs(modifier.set()), pairs(modifier.add()), modifier.remove()));
        }
        return edits;
    }

    private static List<Pair> pairs(List<HeaderValue> headers) {
        return headers.stream()
                .map(header -> new Pair(header.name(), header.value()))
                .toList();
    }

    private HttpRoute.Action forward(Conf conf) {
        List<RouteBackendRef> refs = conf.allBackends();
        Shares.Split split = shares.split(refs);
        HttpRoute.Rewrite rewrite = HttpRoute.Rewrite.NONE;
        for (UrlRewrite given : filters(conf, FilterType.URL_REWRITE, Filter::urlRewrite)) {
            HttpRoute.Rewrite before = rewrite;
            rewrite = new HttpRoute.Rewrite(
                    given.hostname().or(before::host),
                    given.path().map(Translation::newPath).or(before::path));
        }
        return new HttpRoute.Action.Forward(split.shares(), split.lost(), rewrite);
    }

    private static HttpRoute.Action redirect(Redirect redirect) {
        return new HttpRoute.Action.Redirect(
                redirect.scheme().map(scheme -> scheme == Scheme.HTTPS ? "https" : "http"),
                redirect.hostname(),
                redirect.port().orElse(0),
                redirect.path().map(Translation::newPath),
                redirect.statusCode());
    }

    private static HttpRoute.NewPath newPath(NewPath path) {
        return switch (path.type()) {
            case FULL -> new HttpRoute.NewPath.Full(path.replaceFullPath().orElse("/"));
            case PREFIX ->
                new HttpRoute.NewPath.InsteadOfPrefix(path.replacePrefixMatch().orElse("/"));
        };
    }

    /// What the filters of one type say, in the order in which they were written.
    private static <T> List<T> filters(Conf conf, FilterType type, Function<Filter, Optional<T>> field) {
        return conf.allFilters().stream()
                .filter(filter -> filter.type() == type)
                .flatMap(filter -> field.apply(filter).stream())
                .toList();
    }
}
