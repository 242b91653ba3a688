package io.higuma.envoy.build;

import io.envoyproxy.envoy.config.core.v3.DataSource;
import io.envoyproxy.envoy.config.core.v3.HeaderValue;
import io.envoyproxy.envoy.config.core.v3.HeaderValueOption;
import io.envoyproxy.envoy.config.core.v3.HeaderValueOption.HeaderAppendAction;
import io.envoyproxy.envoy.config.core.v3.RuntimeFractionalPercent;
import io.envoyproxy.envoy.config.route.v3.DirectResponseAction;
import io.envoyproxy.envoy.config.route.v3.RedirectAction;
import io.envoyproxy.envoy.config.route.v3.Route;
import io.envoyproxy.envoy.config.route.v3.RouteAction;
import io.envoyproxy.envoy.config.route.v3.RouteMatch;
import io.envoyproxy.envoy.config.route.v3.WeightedCluster;
import io.envoyproxy.envoy.type.matcher.v3.RegexMatchAndSubstitute;
import io.envoyproxy.envoy.type.matcher.v3.RegexMatcher;
import io.envoyproxy.envoy.type.v3.FractionalPercent;
import io.higuma.policy.HttpRoute;
import io.higuma.policy.HttpRoute.Action.Forward;
import io.higuma.policy.HttpRoute.Action.Redirect;
import io.higuma.policy.HttpRoute.HeaderEdits;
import io.higuma.policy.HttpRoute.Lost;
import io.higuma.policy.HttpRoute.NewPath;
import io.higuma.policy.HttpRoute.Pair;
import io.higuma.policy.HttpRoute.Path;
import io.higuma.policy.HttpRoute.Share;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// One route of a policy as Envoy's routes (`reference/dataplane.md` 5.1).
final class HttpRoutes {

    private static final int MILLION = 1_000_000;
    private static final int BROKEN = 500;

    private HttpRoutes() {}

    /// What gives a plain action its timeouts and retries.
    interface Finish {
        RouteAction.Builder apply(RouteAction.Builder action);
    }

    /// The routes in the order in which they must be tried: a lost share goes before the rest.
    static List<Route> build(HttpRoute route, Finish finish) {
        List<Route> made = new ArrayList<>();
        switch (route.action()) {
            case Redirect redirect ->
                made.add(edited(route)
                        .setMatch(RouteMatches.of(route.match()))
                        .setRedirect(redirect(route, redirect))
                        .build());
            case Forward forward -> {
                if (forward.lost().weight() > 0 || forward.shares().isEmpty()) {
                    made.add(lost(route, forward));
                }
                if (!forward.shares().isEmpty()) {
                    RouteAction.Builder action = finish.apply(shares(forward.shares()));
                    rewrite(route.match().path(), forward.rewrite(), action);
                    route.edits().mirrors().forEach(mirror -> action.addRequestMirrorPolicies(mirror(mirror)));
                    made.add(edited(route)
                            .setMatch(RouteMatches.of(route.match()))
                            .setRoute(action)
                            .build());
                }
            }
        }
        return made;
    }

    private static Route.Builder edited(HttpRoute route) {
        HeaderEdits request = route.edits().request();
        HeaderEdits response = route.edits().response();
        return Route.newBuilder()
                .setName(route.name())
                .addAllRequestHeadersToAdd(headers(request))
                .addAllRequestHeadersToRemove(request.remove())
                .addAllResponseHeadersToAdd(headers(response))
                .addAllResponseHeadersToRemove(response.remove());
    }

    private static List<HeaderValueOption> headers(HeaderEdits edits) {
        List<HeaderValueOption> headers = new ArrayList<>();
        edits.set().forEach(pair -> headers.add(header(pair, HeaderAppendAction.OVERWRITE_IF_EXISTS_OR_ADD)));
        edits.add().forEach(pair -> headers.add(header(pair, HeaderAppendAction.APPEND_IF_EXISTS_OR_ADD)));
        return headers;
    }

    /// Envoy reads values as formats, so what a person wrote is escaped.
    private static HeaderValueOption header(Pair pair, HeaderAppendAction action) {
        return HeaderValueOption.newBuilder()
                .setHeader(HeaderValue.newBuilder()
                        .setKey(pair.name())
                        .setValue(pair.value().replace("%", "%%")))
                .setAppendAction(action)
                .setKeepEmptyValue(true)
                .build();
    }

    /// The share whose backends do not exist is answered, never given to a service that was not
    /// meant.
    private static Route lost(HttpRoute route, Forward forward) {
        Lost lost = forward.lost();
        RouteMatch.Builder match = RouteMatches.of(route.match());
        if (!forward.shares().isEmpty()) {
            double total = lost.weight() + Weights.total(forward.shares());
            match.setRuntimeFraction(RuntimeFractionalPercent.newBuilder()
                    .setDefaultValue(FractionalPercent.newBuilder()
                            .setNumerator((int) Math.round(lost.weight() * (double) MILLION / total))
                            .setDenominator(FractionalPercent.DenominatorType.MILLION)));
        }
        String reason = lost.reason().replace("%", "%%");
        return Route.newBuilder()
                .setName(route.name())
                .setMatch(match)
                .setDirectResponse(DirectResponseAction.newBuilder()
                        .setStatus(BROKEN)
                        .setBody(DataSource.newBuilder().setInlineString(route.name() + ": " + lost.reason() + "\n")))
                .addResponseHeadersToAdd(HeaderValueOption.newBuilder()
                        .setHeader(HeaderValue.newBuilder()
                                .setKey(HttpListeners.REASON_HEADER)
                                .setValue("no_backend[" + route.name() + "]: " + reason))
                        .setAppendAction(HeaderAppendAction.OVERWRITE_IF_EXISTS_OR_ADD))
                .build();
    }

    private static RouteAction.Builder shares(List<Share> shares) {
        if (shares.size() == 1) {
            return RouteAction.newBuilder().setCluster(shares.getFirst().cluster());
        }
        WeightedCluster.Builder clusters = WeightedCluster.newBuilder();
        for (Share share : Weights.fitting(shares)) {
            clusters.addClusters(WeightedCluster.ClusterWeight.newBuilder()
                    .setName(share.cluster())
                    .setWeight(Protos.uint((int) share.weight())));
        }
        return RouteAction.newBuilder().setWeightedClusters(clusters);
    }

    private static RouteAction.RequestMirrorPolicy mirror(HttpRoute.Mirror mirror) {
        return RouteAction.RequestMirrorPolicy.newBuilder()
                .setCluster(mirror.cluster())
                .setRuntimeFraction(RuntimeFractionalPercent.newBuilder()
                        .setDefaultValue(FractionalPercent.newBuilder()
                                .setNumerator(mirror.perMillion())
                                .setDenominator(FractionalPercent.DenominatorType.MILLION)))
                .build();
    }

    private static void rewrite(Path matched, HttpRoute.Rewrite rewrite, RouteAction.Builder action) {
        rewrite.host().ifPresent(action::setHostRewriteLiteral);
        rewrite.path().ifPresent(path -> {
            switch (path) {
                case NewPath.Full full -> action.setRegexRewrite(whole(full.value()));
                case NewPath.InsteadOfPrefix instead -> {
                    Optional<RegexMatchAndSubstitute> cut = cut(matched, instead);
                    cut.ifPresentOrElse(
                            action::setRegexRewrite, () -> action.setPrefixRewrite(prefix(matched, instead)));
                }
            }
        });
    }

    private static RedirectAction redirect(HttpRoute route, Redirect redirect) {
        RedirectAction.Builder action = RedirectAction.newBuilder();
        redirect.scheme().ifPresent(action::setSchemeRedirect);
        redirect.host().ifPresent(action::setHostRedirect);
        action.setPortRedirect(redirect.port());
        action.setResponseCode(
                switch (redirect.status()) {
                    case 301 -> RedirectAction.RedirectResponseCode.MOVED_PERMANENTLY;
                    case 303 -> RedirectAction.RedirectResponseCode.SEE_OTHER;
                    case 307 -> RedirectAction.RedirectResponseCode.TEMPORARY_REDIRECT;
                    case 308 -> RedirectAction.RedirectResponseCode.PERMANENT_REDIRECT;
                    default -> RedirectAction.RedirectResponseCode.FOUND;
                });
        redirect.path().ifPresent(path -> {
            switch (path) {
                case NewPath.Full full -> action.setPathRedirect(full.value());
                case NewPath.InsteadOfPrefix instead -> {
                    Path matched = route.match().path();
                    cut(matched, instead)
                            .ifPresentOrElse(
                                    action::setRegexRewrite, () -> action.setPrefixRewrite(prefix(matched, instead)));
                }
            }
        });
        return action.build();
    }

    private static RegexMatchAndSubstitute whole(String path) {
        return substitute("^.*$", path);
    }

    /// Taking a prefix away takes the slash behind it too: `/old/page` becomes `/page`, `/old`
    /// becomes `/`.
    private static Optional<RegexMatchAndSubstitute> cut(Path matched, NewPath.InsteadOfPrefix instead) {
        boolean takenAway = withoutSlash(instead.value()).isEmpty();
        return takenAway && !prefixOf(matched).isEmpty()
                ? Optional.of(substitute("^" + quoted(prefixOf(matched)) + "/?", "/"))
                : Optional.empty();
    }

    /// What stands in place of the prefix. Only whole segments match, so the rest begins with a
    /// slash or is empty; if everything matched, the slash is part of the prefix.
    private static String prefix(Path matched, NewPath.InsteadOfPrefix instead) {
        String wanted = withoutSlash(instead.value());
        return prefixOf(matched).isEmpty() ? wanted + "/" : wanted;
    }

    private static String prefixOf(Path matched) {
        return switch (matched) {
            case Path.Prefix prefix -> withoutSlash(prefix.value());
            case Path.Exact exact -> withoutSlash(exact.value());
            case Path.Regex regex -> "";
            case Path.Anything any -> "";
        };
    }

    private static String withoutSlash(String path) {
        return path.endsWith("/") ? path.substring(0, path.length() - 1) : path;
    }

    /// Every character that means something to RE2 as itself.
    private static String quoted(String text) {
        return text.replaceAll("([\\\\.+*?()\\[\\]{}|^$])", "\\\\$1");
    }

    private static RegexMatchAndSubstitute substitute(String pattern, String replacement) {
        return RegexMatchAndSubstitute.newBuilder()
                .setPattern(RegexMatcher.newBuilder().setRegex(pattern))
                .setSubstitution(replacement.replace("\\", "\\\\"))
                .build();
    }
}
