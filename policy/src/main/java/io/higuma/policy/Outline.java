package io.higuma.policy;

import java.util.List;
import java.util.Optional;

/// What the policies of one kind that select a proxy come to, in the records in which they are written: for people
/// who ask what applies and why. Made by the same merging as what [PolicyModule#inbound] and
/// [PolicyModule#outbound] want of the proxy.
///
/// Configurations are records, so that the codec of the resources can write them.
public interface Outline {

    /// Says nothing about anything.
    Outline EMPTY = new Outline() {};

    /// The items of the `to` lists, in the order of their policies.
    default List<? extends ToItem<?>> to() {
        return List.of();
    }

    /// What holds for something that is called.
    default Optional<? extends Effective<? extends Record>> of(Backend backend) {
        return Optional.empty();
    }

    /// What holds for the requests to a destination that one route matches.
    default Optional<? extends Effective<? extends Record>> of(Backend destination, Routing.Route route) {
        return of(destination);
    }

    /// The rules for an inbound: those for some callers first, the most specific first; then those for all callers,
    /// least important first.
    default List<? extends InboundRule<? extends Record>> of(InboundView inbound) {
        return List.of();
    }

    /// What holds for the whole proxy.
    default Optional<? extends Effective<? extends Record>> ofProxy() {
        return Optional.empty();
    }

    /// Where traffic to something that is called goes.
    default List<RouteRule> routes(Backend backend) {
        return List.of();
    }

    /// One rule of a route.
    ///
    /// @param source who says it; empty if it is merged as a whole
    /// @param matches one of them must hold; empty for all traffic
    record RouteRule(Optional<Source> source, List<? extends Record> matches, Record conf) {
        public RouteRule {
            matches = List.copyOf(matches);
        }
    }
}
