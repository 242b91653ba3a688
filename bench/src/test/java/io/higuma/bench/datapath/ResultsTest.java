package io.higuma.bench.datapath;

import static org.assertj.core.api.Assertions.assertThat;

import io.higuma.bench.report.Samples;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ResultsTest {

    private final Results results = new Results(false);

    @Test
    void aMachineThatGetsSlowerMeanwhileMakesNobodyWorse() {
        // Given three rounds, each slower than the one before, and both ways alike in each
        Results.Start start = results.start();
        for (double slower : new double[] {1, 2, 3}) {
            turn(start, seen(1000 / slower, slower, 1), seen(1000 / slower, slower, 1));
        }

        // Then nothing is worse
        assertThat(results.verdict(5).missed()).isEmpty();
    }

    @Test
    void whatIsMoreThanTheBudgetWorseIsNamed() {
        // Given a way that takes a tenth less and half as long again
        Results.Start start = results.start();
        turn(start, seen(900, 1.5, 1), seen(1000, 1.0, 1));

        // Then both are named, with how much it is
        assertThat(results.verdict(5).missed())
                .contains("throughput is 10.0 % worse", "p50, steady rate is 50.0 % worse")
                .noneMatch(each -> each.contains("CPU"));
        assertThat(results.verdict(60).missed()).isEmpty();
    }

    @Test
    void aStartThatIsUnlikeTheOthersCountsOnceHoweverManyRoundsItHas() {
        // Given three starts, of which one has many rounds, all of them bad
        for (int rounds : new int[] {1, 1, 9}) {
            Results.Start start = results.start();
            for (int i = 0; i < rounds; i++) {
                turn(start, seen(1000, rounds == 9 ? 2 : 1, 1), seen(1000, 1, 1));
            }
        }

        // Then the median of the starts is what counts
        assertThat(results.verdict(5).missed()).isEmpty();
    }

    @Test
    void whatTheStartsDoNotTellIsCalledUnsure() {
        // Given twenty starts that spread around 2 % worse, from 10 % better on
        for (int i = 0; i < 20; i++) {
            Results.Start start = results.start();
            turn(start, seen(1000 / (0.9 + i * 0.24 / 19), 1, 1), seen(1000, 1, 1));
        }

        // Then it is within the budget, but may not be; of what does not spread that is known
        Results.Verdict verdict = results.verdict(5);
        assertThat(verdict.missed()).isEmpty();
        assertThat(verdict.unsure()).singleElement().asString().isEqualTo("throughput is 2.0 % worse (-3.8 to 7.1)");
        assertThat(results.table())
                .anyMatch(
                        line -> line.startsWith("| p50, steady rate | 1.000 ms | 1.000 ms | 1.000 | 1.000 to 1.000 |"));
    }

    @Test
    void tooFewStartsAreSaidToBe() {
        // Given two starts without any difference
        for (int i = 0; i < 2; i++) {
            Results.Start start = results.start();
            turn(start, seen(1000, 1, 1), seen(1000, 1, 1));
        }

        assertThat(results.table()).anyMatch(line -> line.contains("| 1.000 | too few starts |"));
        assertThat(results.verdict(5).unsure()).contains("throughput is 0.0 % worse");
    }

    @Test
    void howBusyTheMachineIsIsShownAndNotJudged() {
        // Given a way under which the machine is twice as busy
        Results.Start start = results.start();
        turn(start, seen(1000, 1, 1.8), seen(1000, 1, 0.9));

        // Then the table has it, and it is nothing that could be worse
        assertThat(results.table()).anyMatch(line -> line.startsWith("| processors busy, steady rate | 1.80 | 0.90 |"));
        assertThat(results.verdict(5).missed()).isEmpty();
    }

    @Test
    void aRoundComesBackAsItsLineSaysIt() throws Exception {
        Peer.Round round = new Peer.Round(new Samples().add(5).add(7_000_000), 0.1, 1, 3, 2);

        Peer.Round read = Peer.Round.parse(round.line());

        assertThat(read.samples().nanos()).containsExactly(5L, 7_000_000L);
        assertThat(read.perSecond()).isEqualTo(10);
        assertThat(read.requests()).isEqualTo(3);
        assertThat(read.failures()).isEqualTo(2);
    }

    @Test
    void theRequestsOfAllRoundsOfAStartAreTakenTogether() {
        // Given rounds of few requests, every fiftieth of which is slow
        Results.Start start = results.start();
        for (int i = 0; i < 100; i++) {
            turn(start, seen(10, i % 50 == 0 ? 9 : 1, 1), seen(10, i % 50 == 0 ? 9 : 1, 1));
        }

        // Then the slow ones are two of a hundred
        assertThat(results.table())
                .anyMatch(line -> line.startsWith("| p50, steady rate | 1.000 ms |"))
                .anyMatch(line -> line.startsWith("| p99, steady rate | 9.000 ms |"));
    }

    @Test
    void aTurnInWhichTheHypervisorTookTimeAwayCountsForNoWay() {
        // Given a turn in which minimal had to wait for a processor, and requests of it failed
        Results.Start start = results.start();
        turn(start, seen(1000, 1, 1), seen(1000, 1, 1));
        Results.Stretch waited = stretch(1000, 9, 1, 0.01, 2);
        start.steady(Map.of(Way.OURS, stretch(1000, 5, 1, 0, 0), Way.MINIMAL, waited));

        // Then neither it nor what ours had at about the same time is in the table, and failures are told all the same
        assertThat(results.table())
                .anyMatch(line -> line.startsWith("| p99, steady rate | 1.000 ms | 1.000 ms | 1.000 |"));
        assertThat(results.leftOut()).isOne();
        assertThat(results.turns()).isEqualTo(3);
        assertThat(results.failures()).isEqualTo(2);
    }

    @Test
    void aTurnInWhichTheHypervisorTookTimeAwayCountsIfThatIsWanted() {
        Results all = new Results(true);
        Results.Start start = all.start();
        turn(start, stretch(1000, 1, 1, 0.01, 0), stretch(1000, 1, 1, 0.01, 0));

        assertThat(all.isEmpty()).isFalse();
        assertThat(all.leftOut()).isZero();
    }

    @Test
    void nothingIsSeenOfAWayThatWasNeverCalledWhenItCounted() {
        turn(results.start(), seen(1000, 1, 1), seen(0, 1, 1));

        assertThat(results.isEmpty()).isTrue();
    }

    @Test
    void nothingIsSeenIfTheHypervisorTookTimeAwayAllTheTime() {
        turn(results.start(), stretch(1000, 1, 1, 0.01, 0), stretch(1000, 1, 1, 0.01, 0));

        assertThat(results.isEmpty()).isTrue();
        assertThat(results.leftOut()).isEqualTo(results.turns()).isEqualTo(2);
    }

    /// A turn as fast as can be, and one at the steady rate that goes the same.
    private static void turn(Results.Start start, Results.Stretch ours, Results.Stretch minimal) {
        Map<Way, Results.Stretch> turn = Map.of(Way.OURS, ours, Way.MINIMAL, minimal);
        start.full(turn);
        start.steady(turn);
    }

    /// A second of requests that all take as long.
    private static Results.Stretch seen(double perSecond, double millis, double processors) {
        return stretch(perSecond, millis, processors, 0, 0);
    }

    private static Results.Stretch stretch(
            double perSecond, double millis, double processors, double stolen, long failures) {
        Samples samples = new Samples();
        int count = (int) perSecond;
        for (int i = 0; i < count; i++) {
            samples.add((long) (millis * 1e6));
        }
        return new Results.Stretch(
                new Peer.Round(samples, count / perSecond, count, count, failures),
                count / perSecond,
                80e-6 * count,
                processors * count / perSecond,
                stolen);
    }
}
