package io.higuma.envoy.build;

import com.google.protobuf.Any;
import com.google.protobuf.BoolValue;
import io.envoyproxy.envoy.config.route.v3.HeaderMatcher;
import io.envoyproxy.envoy.config.route.v3.RetryPolicy;
import io.envoyproxy.envoy.config.route.v3.Route;
import io.envoyproxy.envoy.config.route.v3.RouteAction;
import io.envoyproxy.envoy.config.route.v3.RouteConfiguration;
import io.envoyproxy.envoy.config.route.v3.RouteMatch;
import io.envoyproxy.envoy.config.route.v3.VirtualHost;
import io.envoyproxy.envoy.extensions.retry.host.previous_hosts.v3.PreviousHostsPredicate;
import io.envoyproxy.envoy.type.matcher.v3.RegexMatcher;
import io.envoyproxy.envoy.type.matcher.v3.StringMatcher;
import io.higuma.policy.Contribution.CallerTimeout;
import io.higuma.policy.HttpRoute;
import io.higuma.policy.Permissions;
import io.higuma.policy.Timeouts;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// Route configurations: the whole input of each message.
public final class Routes {

    private static final Duration OUTBOUND_REQUEST = Duration.ofSeconds(15);
    private static final Duration OUTBOUND_STREAM_IDLE = Duration.ofMinutes(30);
    private static final Duration INBOUND_STREAM_IDLE = Duration.ofHours(1);
    private static final HeaderMatcher REPEATABLE = HeaderMatcher.newBuilder()
            .setName(":method")
            .setStringMatch(StringMatcher.newBuilder()
                    .setSafeRegex(RegexMatcher.newBuilder().setRegex("GET|HEAD|OPTIONS")))
            .build();
    private static final int RETRIES = 3;
    private static final int OTHER_HOSTS = 5;
    private static final String NOT_REACHED = "connect-failure,refused-stream,reset-before-request";
    private static final String BROKEN = NOT_REACHED + ",reset";
    private static final Retries INSIDE = new Retries(
            retry(NOT_REACHED, StringMatcher.newBuilder().setExact(HttpListeners.WORKLOAD_NOT_REACHED)),
            retry(BROKEN, StringMatcher.newBuilder().setPrefix(HttpListeners.ANSWERED_FOR_WORKLOAD)));
    private static final Retries OUTSIDE =
            new Retries(retry(NOT_REACHED).build(), retry(BROKEN).build());

    private Routes() {}

    /// The timeouts that live in a route.
    public record RouteTimeouts(
            Optional<Duration> request, Optional<Duration> streamIdle, Optional<Duration> maxStream) {

        public static RouteTimeouts of(Timeouts timeouts) {
            return new RouteTimeouts(timeouts.request(), timeouts.streamIdle(), timeouts.maxStream());
        }

        RouteTimeouts orElse(RouteTimeouts fallback) {
            return new RouteTimeouts(
                    request.or(fallback::request),
                    streamIdle.or(fallback::streamIdle),
                    maxStream.or(fallback::maxStream));
        }
    }

    /// The routes of a destination. A request that provably did not reach an instance is tried on another one: that
    /// is safe for every request, and hides an instance that just died, be it with its proxy or behind it. One that
    /// only reads is tried again also when its connection broke before an answer (RFC 9110, 9.2.1), that to the
    /// instance's proxy or that from there to the workload.
    ///
    /// What happened behind a proxy is known by [HttpListeners#SERVER_HEADER], which no workload can set.
    /// Outside of the mesh anybody can, so that it counts for nothing there.
    ///
    /// @param cluster where a request goes that no rule matches
    /// @param outside whether that is outside of the mesh, where servers know their own names only
    /// @param rules the most specific first
    public record Outbound(String name, String cluster, boolean outside, RouteTimeouts timeouts, List<Rule> rules) {

        public Outbound {
            rules = List.copyOf(rules);
        }

        public RouteConfiguration build() {
            RouteTimeouts base = timeouts.orElse(new RouteTimeouts(
                    Optional.of(OUTBOUND_REQUEST), Optional.of(OUTBOUND_STREAM_IDLE), Optional.empty()));
            VirtualHost.Builder host = VirtualHost.newBuilder().setName(name).addDomains("*");
            boolean covered = false;
            for (Rule rule : rules) {
                RouteTimeouts own = rule.timeouts().orElse(base);
                Retries retries = rule.outside() ? OUTSIDE : INSIDE;
                HttpRoutes.build(
                                rule.route(),
                                action -> named(timed(action, own).setRetryPolicy(retries.ofAll()), rule.outside()))
                        .forEach(route -> twice(route, retries).forEach(host::addRoutes));
                covered |= rule.route().match().isEverything();
            }
            if (!covered) {
                Retries retries = outside ? OUTSIDE : INSIDE;
                Route route = Route.newBuilder()
                        .setMatch(everything())
                        .setRoute(named(action(cluster, base).setRetryPolicy(retries.ofAll()), outside))
                        .build();
                twice(route, retries).forEach(host::addRoutes);
            }
            return configuration(name, host);
        }

        /// A server outside of the mesh is called by its own name, not by that of the mesh. Members that are
        /// proxies have no names, so that requests to them are left alone.
        private static RouteAction.Builder named(RouteAction.Builder action, boolean outside) {
            return outside ? action.setAutoHostRewrite(BoolValue.of(true)) : action;
        }

        /// What is tried again is said of a route, so a route is there once for requests that only read
        /// and once for all others.
        private static List<Route> twice(Route route, Retries retries) {
            if (!route.hasRoute()) {
                return List.of(route);
            }
            return List.of(
                    route.toBuilder()
                            .setMatch(route.getMatch().toBuilder().addHeaders(REPEATABLE))
                            .setRoute(route.getRoute().toBuilder().setRetryPolicy(retries.ofReads()))
                            .build(),
                    route);
        }
    }

    /// One route of a policy.
    ///
    /// @param outside whether some of its requests leave the mesh
    /// @param timeouts of its requests; what is absent is as the destination has it
    public record Rule(HttpRoute route, boolean outside, RouteTimeouts timeouts) {}

    /// The routes of an inbound, with the permissions of its callers.
    ///
    /// @param callers timeouts of some callers, the first match counts
    /// @param permissions empty where callers are not known
    public record Inbound(
            String name, RouteTimeouts timeouts, List<CallerTimeout> callers, Optional<Permissions> permissions) {

        public Inbound {
            callers = List.copyOf(callers);
        }

        public RouteConfiguration build() {
            RouteTimeouts base = timeouts.orElse(
                    new RouteTimeouts(Optional.of(Duration.ZERO), Optional.of(INBOUND_STREAM_IDLE), Optional.empty()));
            VirtualHost.Builder host = VirtualHost.newBuilder().setName(name).addDomains("*");
            for (CallerTimeout caller : callers) {
                host.addRoutes(Route.newBuilder()
                        .setMatch(everything().addAllFilterState(CallerState.matchers(caller.match())))
                        .setRoute(
                                action(name, RouteTimeouts.of(caller.timeouts()).orElse(base))));
            }
            host.addRoutes(Route.newBuilder().setMatch(everything()).setRoute(action(name, base)));
            permissions.ifPresent(rules -> {
                Any rbac = Rbac.perRoute(rules);
                host.putTypedPerFilterConfig(Rbac.HTTP_FILTER, rbac);
            });
            // Envoy takes it from answers of the workload only, not from its own
            return configuration(name, host.addResponseHeadersToRemove(HttpListeners.SERVER_HEADER));
        }
    }

    private static RouteConfiguration configuration(String name, VirtualHost.Builder host) {
        return RouteConfiguration.newBuilder()
                .setName(name)
                .setValidateClusters(com.google.protobuf.BoolValue.of(false))
                .addVirtualHosts(host)
                .build();
    }

    /// What is tried again, once made for all routes.
    ///
    /// @param ofAll of requests that must not be done twice
    /// @param ofReads of those that only read
    private record Retries(RetryPolicy ofAll, RetryPolicy ofReads) {}

    private static RetryPolicy.Builder retry(String on) {
        return RetryPolicy.newBuilder()
                .setRetryOn(on)
                .setNumRetries(Protos.uint(RETRIES))
                .addRetryHostPredicate(RetryPolicy.RetryHostPredicate.newBuilder()
                        .setName("envoy.retry_host_predicates.previous_hosts")
                        .setTypedConfig(Protos.pack(PreviousHostsPredicate.getDefaultInstance())))
                .setHostSelectionRetryMaxAttempts(OTHER_HOSTS);
    }

    /// @param server of an answer that an instance's proxy gave in place of its workload
    private static RetryPolicy retry(String on, StringMatcher.Builder server) {
        return retry(on + ",retriable-headers")
                .addRetriableHeaders(HeaderMatcher.newBuilder()
                        .setName(HttpListeners.SERVER_HEADER)
                        .setStringMatch(server))
                .build();
    }

    private static RouteMatch.Builder everything() {
        return RouteMatch.newBuilder().setPrefix("/");
    }

    private static RouteAction.Builder action(String cluster, RouteTimeouts timeouts) {
        return timed(RouteAction.newBuilder().setCluster(cluster), timeouts);
    }

    private static RouteAction.Builder timed(RouteAction.Builder action, RouteTimeouts timeouts) {
        timeouts.request().ifPresent(t -> action.setTimeout(Protos.duration(t)));
        timeouts.streamIdle().ifPresent(t -> action.setIdleTimeout(Protos.duration(t)));
        timeouts.maxStream()
                .filter(Duration::isPositive)
                .ifPresent(t -> action.setMaxStreamDuration(
                        RouteAction.MaxStreamDuration.newBuilder().setMaxStreamDuration(Protos.duration(t))));
        return action;
    }
}
