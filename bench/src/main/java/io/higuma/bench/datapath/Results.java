package io.higuma.bench.datapath;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;

/// What was seen after all starts. Turns are short, so that a machine that gets slower meanwhile does so for
/// all ways. They are no independent looks after one start: their requests are taken together, and the median
/// of the starts is the result. The starts say how sure it is.
final class Results {

    /// A while of calling.
    ///
    /// @param seconds from its first request, whether it counts or not, to the last answer
    /// @param cpu seconds of both Envoys in them
    /// @param busy seconds of the machine's processors, with whatever it was
    /// @param stolen seconds of them that the hypervisor gave to others
    record Stretch(Peer.Round round, double seconds, double cpu, double busy, double stolen) {

        Stretch and(Stretch other) {
            return new Stretch(
                    round.and(other.round),
                    seconds + other.seconds,
                    cpu + other.cpu,
                    busy + other.busy,
                    stolen + other.stolen);
        }

        boolean empty() {
            return round.samples().count() == 0;
        }

        double millis(double percent) {
            return round.samples().millis(percent);
        }

        double cpuMicros() {
            return cpu / Math.max(1, round.requests()) * 1e6;
        }

        double processors() {
            return busy / seconds;
        }
    }

    /// One way, in all turns of a start.
    ///
    /// @param full called as fast as it can be
    /// @param steady called at a steady rate
    private record Seen(Stretch full, Stretch steady) {}

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

    /// The turns after one start. In a turn all ways are called, one right after the other.
    final class Start {

        private final Map<Way, Stretch> full = new EnumMap<>(Way.class);
        private final Map<Way, Stretch> steady = new EnumMap<>(Way.class);

        /// A turn as fast as they can.
        void full(Map<Way, Stretch> turn) {
            add(turn, full);
        }

        /// A turn at the steady rate.
        void steady(Map<Way, Stretch> turn) {
            add(turn, steady);
        }

        private void add(Map<Way, Stretch> turn, Map<Way, Stretch> sums) {
            turns++;
            turn.values().forEach(stretch -> failures += stretch.round().failures());
            if (!stolenToo && turn.values().stream().anyMatch(stretch -> stretch.stolen() > 0)) {
                leftOut++;
                return;
            }
            turn.forEach((way, stretch) -> sums.merge(way, stretch, Stretch::and));
        }

        private Stream<Seen> of(Way way) {
            Stretch fast = full.get(way);
            Stretch slow = steady.get(way);
            return fast == null || slow == null || fast.empty() || slow.empty()
                    ? Stream.empty()
                    : Stream.of(new Seen(fast, slow));
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
    private final boolean stolenToo;
    private int turns;
    private int leftOut;
    private long failures;

    /// @param stolenToo whether turns count in which the hypervisor gave processors of the machine to others. Who is
    ///     called then has to wait, whichever way it is.
    Results(boolean stolenToo) {
        this.stolenToo = stolenToo;
    }

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

    /// Whether nothing was seen of a way that is compared.
    boolean isEmpty() {
        return of(Way.OURS).findAny().isEmpty() || of(Way.MINIMAL).findAny().isEmpty();
    }

    /// Requests that failed, in all turns.
    long failures() {
        return failures;
    }

    int turns() {
        return turns;
    }

    /// Turns that do not count.
    int leftOut() {
        return leftOut;
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
