package io.higuma.bench.datapath;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.function.ToDoubleFunction;

/// What was seen in all rounds. Two ways are compared within each round, so that a machine that gets slower meanwhile
/// does not count; the medians of those ratios are the result.
final class Results {

    /// A while of calling.
    ///
    /// @param cpuMicros CPU of both Envoys per request
    /// @param processors of the machine that were busy, with whatever it was
    record Stretch(Peer.Round round, double cpuMicros, double processors) {}

    /// One way in one round.
    ///
    /// @param full called as fast as it can be
    /// @param steady called at a steady rate
    record Seen(Stretch full, Stretch steady) {}

    /// A number of the table.
    ///
    /// @param shape how one way's is written, by [java.util.Formatter]
    /// @param judged whether ours has to be as good as the minimal one; if not, ways are only shown
    private record Measure(
            String name, String shape, boolean moreIsBetter, boolean judged, ToDoubleFunction<Seen> value) {

        static Measure time(String name, ToDoubleFunction<Seen> value) {
            return new Measure(name, "%.3f ms", false, true, value);
        }

        static Measure cpu(String name, ToDoubleFunction<Seen> value) {
            return new Measure(name, "%.0f µs", false, true, value);
        }

        static Measure processors(String name, ToDoubleFunction<Seen> value) {
            return new Measure(name, "%.2f", false, false, value);
        }
    }

    private static final List<Measure> MEASURES = List.of(
            new Measure(
                    "throughput",
                    "%.0f /s",
                    true,
                    true,
                    seen -> seen.full().round().perSecond()),
            Measure.time("p50, as fast as it can", seen -> seen.full().round().p50()),
            Measure.time("p99, as fast as it can", seen -> seen.full().round().p99()),
            Measure.cpu(
                    "CPU of both Envoys per request, as fast as it can",
                    seen -> seen.full().cpuMicros()),
            Measure.processors(
                    "processors busy, as fast as it can", seen -> seen.full().processors()),
            Measure.time("p50, steady rate", seen -> seen.steady().round().p50()),
            Measure.time("p99, steady rate", seen -> seen.steady().round().p99()),
            Measure.cpu(
                    "CPU of both Envoys per request, steady rate",
                    seen -> seen.steady().cpuMicros()),
            Measure.processors(
                    "processors busy, steady rate", seen -> seen.steady().processors()));

    private final Map<Way, List<Seen>> rounds = new EnumMap<>(Way.class);

    void add(Way way, Seen seen) {
        rounds.computeIfAbsent(way, each -> new ArrayList<>()).add(seen);
    }

    private List<Seen> of(Way way) {
        return Objects.requireNonNullElse(rounds.get(way), List.of());
    }

    long failures() {
        return rounds.values().stream()
                .flatMap(List::stream)
                .mapToLong(seen ->
                        seen.full().round().failures() + seen.steady().round().failures())
                .sum();
    }

    /// A table in Markdown.
    List<String> table() {
        List<String> lines = new ArrayList<>();
        lines.add(
                "| median of the rounds | our configuration | minimal configuration | ours / minimal (quartiles) | no proxy |");
        lines.add("|---|---|---|---|---|");
        for (Measure measure : MEASURES) {
            List<Double> ratios = ratios(measure);
            lines.add(String.format(
                    Locale.ROOT,
                    "| %s | %s | %s | %.3f (%.3f to %.3f) | %s |",
                    measure.name(),
                    number(measure, Way.OURS),
                    number(measure, Way.MINIMAL),
                    quantile(ratios, 0.5),
                    quantile(ratios, 0.25),
                    quantile(ratios, 0.75),
                    number(measure, Way.NONE)));
        }
        return lines;
    }

    /// Numbers of which ours is more than `percent` worse than the minimal one, in words; empty if there are none.
    List<String> worse(double percent) {
        List<String> found = new ArrayList<>();
        for (Measure measure : MEASURES) {
            double ratio = quantile(ratios(measure), 0.5);
            double loss = measure.moreIsBetter() ? 1 - ratio : ratio - 1;
            if (measure.judged() && loss * 100 > percent) {
                found.add(String.format(Locale.ROOT, "%s is %.1f %% worse", measure.name(), loss * 100));
            }
        }
        return found;
    }

    private List<Double> ratios(Measure measure) {
        List<Seen> ours = of(Way.OURS);
        List<Seen> minimal = of(Way.MINIMAL);
        List<Double> ratios = new ArrayList<>();
        for (int i = 0; i < Math.min(ours.size(), minimal.size()); i++) {
            ratios.add(
                    measure.value().applyAsDouble(ours.get(i)) / measure.value().applyAsDouble(minimal.get(i)));
        }
        return ratios;
    }

    private String number(Measure measure, Way way) {
        double value =
                quantile(of(way).stream().map(measure.value()::applyAsDouble).toList(), 0.5);
        return String.format(Locale.ROOT, measure.shape(), value);
    }

    /// Linear between neighbours; 0 if there are none.
    static double quantile(List<Double> values, double part) {
        if (values.isEmpty()) {
            return 0;
        }
        List<Double> sorted = values.stream().sorted().toList();
        double place = part * (sorted.size() - 1);
        int below = (int) place;
        int above = Math.min(below + 1, sorted.size() - 1);
        return sorted.get(below) + (place - below) * (sorted.get(above) - sorted.get(below));
    }
}
