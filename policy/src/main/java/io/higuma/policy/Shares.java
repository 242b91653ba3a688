package io.higuma.policy;

import io.higuma.model.target.RouteBackendRef;
import io.higuma.policy.HttpRoute.Lost;
import io.higuma.policy.HttpRoute.Share;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/// Turns the references of routes into shares of clusters, and keeps the backends they lead to.
/// For one destination of one proxy.
public final class Shares {

    private final Backend destination;
    private final Routing routing;
    private final SortedMap<String, Backend> named = new TreeMap<>();

    /// @param destination where traffic goes that is sent nowhere else
    public Shares(Backend destination, Routing routing) {
        this.destination = destination;
        this.routing = routing;
    }

    /// How the traffic of one rule is split.
    ///
    /// @param lost the share of the references that lead nowhere: it is not given to the others
    public record Split(List<Share> shares, Lost lost) {
        public Split {
            shares = List.copyOf(shares);
        }
    }

    /// A reference of weight 0 stays a share: its cluster is kept warm for when it gets traffic.
    public Split split(List<RouteBackendRef> refs) {
        if (refs.isEmpty()) {
            named.put(destination.clusterName(), destination);
            return new Split(List.of(new Share(destination.clusterName(), 1)), Lost.NOTHING);
        }
        SortedMap<String, Long> weights = new TreeMap<>();
        List<String> missing = new ArrayList<>();
        long lost = 0;
        for (RouteBackendRef ref : refs) {
            Optional<String> cluster = cluster(ref);
            if (cluster.isPresent()) {
                weights.merge(cluster.get(), ref.weight(), Long::sum);
            } else if (ref.weight() > 0) {
                lost += ref.weight();
                missing.add(ref.text());
            }
        }
        if (weights.values().stream().allMatch(weight -> weight == 0)) {
            String reason = missing.isEmpty() ? "all weights are 0" : reason(missing);
            return new Split(List.of(), new Lost(1, reason));
        }
        List<Share> shares = new ArrayList<>();
        weights.forEach((cluster, weight) -> shares.add(new Share(cluster, weight)));
        return new Split(shares, lost == 0 ? Lost.NOTHING : new Lost(lost, reason(missing)));
    }

    private static String reason(List<String> missing) {
        List<String> names = missing.stream().distinct().toList();
        return String.join(" and ", names) + (names.size() == 1 ? " leads" : " lead") + " to no port of any service";
    }

    /// The cluster of a reference; empty if it leads nowhere.
    public Optional<String> cluster(RouteBackendRef ref) {
        Optional<Backend> found = routing.backend(ref);
        found.ifPresent(backend -> named.put(backend.clusterName(), backend));
        return found.map(Backend::clusterName);
    }

    /// Every backend that was named so far, in order of clusters.
    public List<Backend> backends() {
        return List.copyOf(named.values());
    }
}
