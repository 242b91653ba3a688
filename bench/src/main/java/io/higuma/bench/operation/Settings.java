package io.higuma.bench.operation;

import java.time.Duration;
import java.util.List;

/// How much of everything.
///
/// @param changes how many endpoint changes O2 makes
/// @param rounds how often policies are written (O3, O4, O5, O6, O11)
/// @param shortestGap between two changes, after the last acknowledgement
/// @param longestGap gaps are spread evenly between the two, so that a control plane with ticks is met in every phase
/// @param churnRates changes per second of O9
/// @param churn how long each rate of O9, and the load of O12 and O13, goes on
/// @param idle how long O10 looks
/// @param patience after which an operation gives up
public record Settings(
        int changes,
        int rounds,
        Duration shortestGap,
        Duration longestGap,
        List<Integer> churnRates,
        Duration churn,
        Duration idle,
        Duration patience) {

    public Settings {
        churnRates = List.copyOf(churnRates);
    }

    public static final Settings FULL = new Settings(
            200,
            10,
            Duration.ofMillis(50),
            Duration.ofMillis(250),
            List.of(1, 10, 50),
            Duration.ofSeconds(120),
            Duration.ofSeconds(300),
            Duration.ofSeconds(600));

    public static final Settings QUICK = new Settings(
            40,
            3,
            Duration.ofMillis(10),
            Duration.ofMillis(60),
            List.of(10),
            Duration.ofSeconds(5),
            Duration.ofSeconds(2),
            Duration.ofSeconds(240));
}
