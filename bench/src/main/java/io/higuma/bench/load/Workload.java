package io.higuma.bench.load;

import java.util.List;
import java.util.Optional;

/// A shape of mesh.
///
/// @param id `W0` to `W8`
/// @param services how many
/// @param instances Dataplanes of each
/// @param proxies how many of the Dataplanes have a stream
/// @param policies policies that select one service each, over the defaults
/// @param identity whether every proxy has a certificate
/// @param why what it is there for
public record Workload(
        String id, int services, int instances, int proxies, Scope scope, int policies, boolean identity, String why) {

    private static final Scope ALL = new Scope.All();
    private static final Scope TEN = new Scope.Backends(10);
    private static final Scope GRAPH = new Scope.Graph(10, 872835240);

    /// All of them, in order.
    public static final List<Workload> EVERY = List.of(
            new Workload("W0", 10, 2, 20, ALL, 0, false, "smoke"),
            new Workload("W1", 100, 10, 1000, ALL, 0, false, "unscoped: everybody sees everything"),
            new Workload("W2", 100, 10, 1000, TEN, 0, false, "scoped to ten services: recommended practice"),
            new Workload("W3", 500, 2, 1000, GRAPH, 0, false, "a graph of many small services"),
            new Workload("W4", 1000, 2, 2000, GRAPH, 0, false, "a graph twice as large"),
            new Workload("W5", 1, 1000, 1000, ALL, 0, false, "one service with a thousand endpoints"),
            new Workload("W6", 1000, 1, 1000, ALL, 0, false, "a thousand clusters at every proxy"),
            new Workload("W7", 100, 10, 1000, TEN, 200, false, "many policies, each for one service"),
            new Workload("W8", 100, 30, 3000, TEN, 0, true, "density, with identities"));

    public static Optional<Workload> of(String id) {
        return EVERY.stream().filter(w -> w.id().equalsIgnoreCase(id)).findFirst();
    }

    /// The same shape with another number of proxies: more or fewer services of the same size; where there is one
    /// service only, more or fewer instances. So the subscribers of one scoped service stay as many.
    public Workload withProxies(int wanted) {
        if (wanted == proxies) {
            return this;
        }
        if (services == 1) {
            return new Workload(id, 1, wanted, wanted, scope, policies, identity, why);
        }
        int size = Math.min(instances, wanted);
        int count = Math.max(1, (wanted + size - 1) / size);
        return new Workload(id, count, size, wanted, scope, policies, identity, why);
    }

    public Workload withPolicies(int wanted) {
        return new Workload(id, services, instances, proxies, scope, wanted, identity, why);
    }

    public Workload withIdentity() {
        return new Workload(id, services, instances, proxies, scope, policies, true, why);
    }

    public int dataplanes() {
        return services * instances;
    }

    /// `W2 · 100 × 10, 1000 proxies, 10 backends`
    public String words() {
        return id + " · " + services + " × " + instances + ", " + proxies + " proxies, " + scope.words()
                + (policies > 0 ? ", " + policies + " policies" : "") + (identity ? ", identities" : "");
    }
}
