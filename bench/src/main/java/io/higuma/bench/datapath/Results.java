package io.higuma.bench.datapath;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;

/// What was seen after all starts. Rounds are short, so that a machine that gets slower meanwhile does so for
/// all ways. They are no independent looks after one start: their requests are taken together, and the median
/// of the starts is the result. The starts say how sure it is.
final class Results {

    /// A while of calling.
    ///
    /// @param cpu seconds of both Envoys
    /// @param busy seconds of the machine's processors, with whatever it was
    record Stretch(Peer.Round round, double cpu, double busy) {

        Stretch and(Stretch other) {
            return new Stretch(round.and(other.round), cpu + other.cpu, busy + other.busy);
        }

        double millis(double percent) {
            return round.samples().millis(percent);
        }

        double cpuMicros() {
            return cpu / Math.max(1, round.samples().count()) * 1e6;
        }

        double processors() {
            return busy / round.seconds();
        }
    }

    /// One way, in one round or in all of a start.
    ///
    /// @param full called as fast as it can be
    /// @param steady called at a steady rate
    record Seen(Stretch full, Stretch steady) {

        Seen and(Seen other) {
            return new Seen(full.and(other.full), steady.and(other.steady));
        }
    }

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
            Measure.time("p50, as fast as it can", seen -> seen.full().millis(50)),
            Measure.time("p99, as fast as it can", seen -> seen.full().millis(99)),
            Measure.cpu(
                    "CPU of both Envoys per request, as fast as it can",
                    seen -> seen.full().cpuMicros()),
            Measure.processors(
                    "processors busy, as fast as it can", seen -> seen.full().processors()),
            Measure.time("p50, steady rate", seen -> seen.steady().millis(50)),
            Measure.time("p99, steady rate", seen -> seen.steady().millis(99)),
            Measure.cpu(
                    "CPU of both Envoys per request, steady rate",
                    seen -> seen.steady().cpuMicros()),
            Measure.processors(
                    "processors busy, steady rate", seen -> seen.steady().processors()));

    /// The rounds after one start.
    static final class Start {

        private final Map<Way, Seen> ways = new EnumMap<>(Way.class);

        /// To be compared, ways have to be called in the same rounds.
        void add(Way way, Seen round) {
            ways.merge(way, round, Seen::and);
        }

        private Stream<Seen> of(Way way) {
            return Stream.ofNullable(ways.get(way));
        }

        /// Ours by minimal; nothing if one of them was not called.
        private Stream<Double> ratio(Measure measure) {
            return of(Way.OURS)
                    .flatMap(ours -> of(Way.MINIMAL)
                            .map(minimal -> measure.value().applyAsDouble(ours)
                                    / measure.value().applyAsDouble(minimal)));
        }
    }

    private final List<Start> starts = new ArrayList<>();

    /// Everything was started anew.
    ///
    /// @return what its rounds are added to
    Start start() {
        Start start = new Start();
        starts.add(start);
        return start;
    }

    private Stream<Seen> of(Way way) {
        return starts.stream().flatMap(start -> start.of(way));
    }

    /// Whether a round went both ways that are compared.
    boolean isEmpty() {
        return of(Way.OURS).findAny().isEmpty() || of(Way.MINIMAL).findAny().isEmpty();
    }

    long failures() {
        return Stream.of(Way.values())
                .flatMap(this::of)
                .mapToLong(seen ->
                        seen.full().round().failures() + seen.steady().round().failures())
                .sum();
    }

    /// A table in Markdown.
    List<String> table() {
        List<String> lines = new ArrayList<>();
        lines.add(
                "| median | our configuration | minimal configuration | ours / minimal | the same, to 95 % | no proxy |");
        lines.add("|---|---|---|---|---|---|");
        for (Measure measure : MEASURES) {
            Sample ratios = ratios(measure);
            lines.add(String.format(
                    Locale.ROOT,
                    "| %s | %s | %s | %.3f | %s | %s |",
                    measure.name(),
                    number(measure, Way.OURS),
                    number(measure, Way.MINIMAL),
                    ratios.median(),
                    ratios.medianRange()
                            .map(range -> String.format(Locale.ROOT, "%.3f to %.3f", range.low(), range.high()))
                            .orElse("too few starts"),
                    number(measure, Way.NONE)));
        }
        return lines;
    }

    /// What is to be said of a budget.
    ///
    /// @param missed numbers of which ours is worse than the minimal one by more than the budget
    /// @param unsure those within it that would not be at the end of the range that the starts leave open
    record Verdict(List<String> missed, List<String> unsure) {}

    Verdict verdict(double percent) {
        List<String> missed = new ArrayList<>();
        List<String> unsure = new ArrayList<>();
        for (Measure measure : MEASURES) {
            if (!measure.judged()) {
                continue;
            }
            Sample losses = losses(measure);
            Optional<Sample.Range> range = losses.medianRange();
            String words = String.format(
                    Locale.ROOT,
                    "%s is %.1f %% worse%s",
                    measure.name(),
                    losses.median(),
                    range.map(r -> String.format(Locale.ROOT, " (%.1f to %.1f)", r.low(), r.high()))
                            .orElse(""));
            if (losses.median() > percent) {
                missed.add(words);
            } else if (range.isEmpty() || range.get().high() > percent) {
                unsure.add(words);
            }
        }
        return new Verdict(missed, unsure);
    }

    /// Ours by minimal, one number for each start.
    private Sample ratios(Measure measure) {
        return new Sample(starts.stream().flatMap(start -> start.ratio(measure)).toList());
    }

    /// By how many percent ours is worse, one number for each start.
    private Sample losses(Measure measure) {
        return new Sample(ratios(measure).values().stream()
                .map(ratio -> (measure.moreIsBetter() ? 1 - ratio : ratio - 1) * 100)
                .toList());
    }

    private String number(Measure measure, Way way) {
        Sample sample = new Sample(of(way).map(measure.value()::applyAsDouble).toList());
        return String.format(Locale.ROOT, measure.shape(), sample.median());
    }
}
