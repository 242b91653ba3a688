package io.higuma.bench.load;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;

/// Which services a service calls.
public sealed interface Scope {

    /// Every proxy sees every service.
    record All() implements Scope {}

    /// Each service calls the next ones, itself left out, in a ring.
    record Backends(int count) implements Scope {}

    /// A directed graph without cycles: each service calls up to `most` of those after it. The same for a seed.
    record Graph(int most, long seed) implements Scope {}

    /// The services that a service calls, sorted; numbers from 0.
    default List<Integer> calls(int service, int services) {
        return switch (this) {
            case All all -> {
                List<Integer> every = new ArrayList<>();
                for (int i = 0; i < services; i++) {
                    every.add(i);
                }
                yield every;
            }
            case Backends backends -> {
                TreeSet<Integer> next = new TreeSet<>();
                for (int i = 1; i <= backends.count() && next.size() < services; i++) {
                    next.add((service + i) % services);
                }
                yield List.copyOf(next);
            }
            case Graph graph -> {
                Random random = new Random(graph.seed() + service);
                TreeSet<Integer> later = new TreeSet<>();
                int left = services - service - 1;
                int wanted = Math.min(left, left == 0 ? 0 : 1 + random.nextInt(graph.most()));
                while (later.size() < wanted) {
                    later.add(service + 1 + random.nextInt(left));
                }
                yield List.copyOf(later);
            }
        };
    }

    default String words() {
        return switch (this) {
            case All all -> "all";
            case Backends backends -> backends.count() + " backends";
            case Graph graph -> "graph, up to " + graph.most();
        };
    }
}
