package io.higuma.engine;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;

/// The waves that one stream has not acknowledged. What the history forgets is dropped here, so a proxy that never
/// answers costs some references per remembered wave. Owner: the loop.
///
/// A wave counts as refused while it is among the unmade ones and these are not only held back, or open and not newer
/// than what Envoy refused, or promised and not newer than what is withheld.
final class OpenWaves {

    /// What a proxy owes that is away.
    ///
    /// @param open to acknowledge, by generation
    /// @param promised those whose difference comes later
    record Owed(List<Wave> open, List<Wave> promised) {

        static final Owed NOTHING = new Owed(List.of(), List.of());

        List<Wave> all() {
            return Stream.concat(open.stream(), promised.stream()).toList();
        }
    }

    private static final long NOTHING = Long.MIN_VALUE;
    private static final int USUAL = 2;

    /// What most proxies have of unmade waves, all of their lives; never written to.
    private static final Deque<Wave> NONE = new ArrayDeque<>(0);

    /// Waves to acknowledge, by generation.
    private final Deque<Wave> open = new ArrayDeque<>(USUAL);

    /// Waves for which no configuration was made, by generation; all older than the next plan that is one.
    private Deque<Wave> unmade = NONE;

    /// Whether the unmade ones only wait for something that is on its way.
    private boolean held;

    /// Waves whose difference comes later, in a generation that nobody knows yet. They count as held back while that is
    /// on its way.
    private List<Wave> promised = List.of();

    private long withheldUpTo = NOTHING;

    private long refusedUpTo = NOTHING;

    void add(Wave wave) {
        forget(open);
        forget(unmade);
        wave.concerns();
        open.addLast(wave);
    }

    /// The wave concerns the proxy, and what it brings comes with a later state.
    void promise(Wave wave) {
        wave.concerns();
        expect(wave);
    }

    private void expect(Wave wave) {
        List<Wave> known = new ArrayList<>(promised);
        known.removeIf(Wave::isForgotten);
        wave.held(1);
        known.add(wave);
        promised = known;
    }

    /// What was promised up to a generation is not on its way.
    void withheld(long generation) {
        promised.stream()
                .filter(wave -> wave.generation <= generation && !isWithheld(wave))
                .forEach(wave -> turn(wave, 1));
        withheldUpTo = Math.max(withheldUpTo, generation);
    }

    /// All that was promised is on its way.
    void unhindered() {
        promised.stream().filter(this::isWithheld).forEach(wave -> turn(wave, -1));
        withheldUpTo = NOTHING;
    }

    /// @param by 1 from held back to refused, -1 the other way
    private static void turn(Wave wave, int by) {
        wave.held(-by);
        wave.refused(by);
    }

    /// Whether a wave was promised, and what it brings is not on its way.
    boolean isWithheld(Wave wave) {
        return wave.generation <= withheldUpTo && promised.contains(wave);
    }

    boolean isPromised() {
        return !promised.isEmpty();
    }

    /// A state brings what was promised.
    void keep(EngineState state, Instant now) {
        unhindered();
        for (Wave wave : promised) {
            wave.held(-1);
            open.addLast(wave.kept(state, now));
        }
        promised = List.of();
    }

    private static void forget(Deque<Wave> waves) {
        while (!waves.isEmpty() && waves.getFirst().isForgotten()) {
            waves.removeFirst();
        }
        if (waves.size() > 2 * Receipts.KEPT) {
            waves.removeIf(wave -> wave.isForgotten()); // they stood behind one that is not
        }
    }

    /// The stream runs everything up to a generation.
    ///
    /// @param took told for each wave in which something was written how long it took
    void acknowledged(long generation, Instant now, Consumer<Duration> took) {
        while (!open.isEmpty() && open.getFirst().generation <= generation) {
            Wave wave = open.removeFirst();
            if (refuses(wave)) {
                wave.refused(-1);
            }
            wave.ran(now);
            if (wave.written.count() > 0) {
                took.accept(Duration.between(wave.written.time(), now));
            }
        }
    }

    private boolean refuses(Wave wave) {
        return wave.generation <= refusedUpTo;
    }

    /// Envoy refuses a generation, and with it everything before that it does not run yet.
    void refused(long generation) {
        uncounted()
                .filter(wave -> wave.generation <= generation && !refuses(wave))
                .forEach(wave -> wave.refused(1));
        refusedUpTo = Math.max(refusedUpTo, generation);
    }

    /// Envoy refuses nothing any more.
    void taken() {
        uncounted().filter(this::refuses).forEach(wave -> wave.refused(-1));
        refusedUpTo = NOTHING;
    }

    /// Those that count as refused only if Envoy refuses them.
    private Stream<Wave> uncounted() {
        return held ? Stream.concat(unmade.stream(), open.stream()) : open.stream();
    }

    /// No configuration can be made of a generation.
    void unmade(long generation) {
        if (held) {
            held = false;
            for (Wave wave : unmade) {
                wave.held(-1);
                count(wave, 1);
            }
        }
        setAside(generation);
    }

    /// The configuration of a generation waits for something that is on its way, unless it cannot be made anyway.
    void held(long generation) {
        held |= unmade.isEmpty();
        setAside(generation);
    }

    private void setAside(long generation) {
        while (!open.isEmpty() && open.getFirst().generation <= generation) {
            Wave wave = open.removeFirst();
            if (held) {
                wave.held(1);
            } else {
                count(wave, 1);
            }
            if (unmade == NONE) {
                unmade = new ArrayDeque<>(USUAL);
            }
            unmade.addLast(wave);
        }
    }

    private void count(Wave wave, int by) {
        if (!refuses(wave)) {
            wave.refused(by);
        }
    }

    /// A configuration could be made; it brings everything before.
    void made() {
        while (!unmade.isEmpty()) {
            Wave wave = unmade.removeLast();
            if (held) {
                wave.held(-1);
            } else {
                count(wave, -1);
            }
            open.addFirst(wave);
        }
        held = false;
    }

    /// The stream ends.
    ///
    /// @return what the proxy still owes when it comes back
    Owed leave() {
        taken();
        made();
        unhindered();
        promised.forEach(wave -> wave.held(-1));
        Owed owed = new Owed(remembered(open), remembered(promised));
        owed.all().forEach(Wave::left);
        open.clear();
        promised = List.of();
        return owed;
    }

    private static List<Wave> remembered(Collection<Wave> waves) {
        return waves.stream().filter(wave -> !wave.isForgotten()).toList();
    }

    /// The proxy comes back, on a new stream to which nothing was offered yet.
    void join(Owed owed) {
        remembered(owed.all()).forEach(Wave::cameBack);
        open.addAll(remembered(owed.open()));
        remembered(owed.promised()).forEach(this::expect);
    }

    int size() {
        return open.size() + unmade.size() + promised.size();
    }

    /// The revision of the oldest wave that is not acknowledged; `newest` + 1 if there is none.
    long oldest(long newest) {
        return Stream.of(unmade, open)
                .map(Deque::peekFirst)
                .filter(wave -> wave != null)
                .mapToLong(wave -> wave.revision)
                .min()
                .orElse(newest + 1);
    }

    /// What the stream says of a wave that concerns it.
    Receipt.Answer answer(Wave wave) {
        if (promised.contains(wave)) {
            return isWithheld(wave) ? Receipt.Answer.REFUSED : Receipt.Answer.MISSING;
        }
        return open.stream()
                .filter(each -> each.told == wave)
                .findFirst()
                .map(each -> refuses(each) ? Receipt.Answer.REFUSED : Receipt.Answer.MISSING)
                .or(() -> unmade.stream()
                        .filter(each -> each.told == wave)
                        .findFirst()
                        .map(each -> held && !refuses(each) ? Receipt.Answer.MISSING : Receipt.Answer.REFUSED))
                .orElse(Receipt.Answer.RUNNING);
    }
}
