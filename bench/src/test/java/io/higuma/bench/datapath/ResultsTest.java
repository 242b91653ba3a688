package io.higuma.bench.datapath;

import static org.assertj.core.api.Assertions.assertThat;

import io.higuma.bench.report.Samples;
import org.junit.jupiter.api.Test;

class ResultsTest {

    private final Results results = new Results();

    @Test
    void aMachineThatGetsSlowerMeanwhileMakesNobodyWorse() {
        // Given three rounds, each slower than the one before, and both ways alike in each
        Results.Start start = results.start();
        for (double slower : new double[] {1, 2, 3}) {
            start.add(Way.MINIMAL, seen(1000 / slower, slower, 1));
            start.add(Way.OURS, seen(1000 / slower, slower, 1));
        }

        // Then nothing is worse
        assertThat(results.verdict(5).missed()).isEmpty();
    }

    @Test
    void whatIsMoreThanTheBudgetWorseIsNamed() {
        // Given a way that takes a tenth less and half as long again
        Results.Start start = results.start();
        start.add(Way.MINIMAL, seen(1000, 1.0, 1));
        start.add(Way.OURS, seen(900, 1.5, 1));

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
                start.add(Way.MINIMAL, seen(1000, 1, 1));
                start.add(Way.OURS, seen(1000, rounds == 9 ? 2 : 1, 1));
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
            start.add(Way.MINIMAL, seen(1000, 1, 1));
            start.add(Way.OURS, seen(1000 / (0.9 + i * 0.24 / 19), 1, 1));
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
            start.add(Way.MINIMAL, seen(1000, 1, 1));
            start.add(Way.OURS, seen(1000, 1, 1));
        }

        assertThat(results.table()).anyMatch(line -> line.contains("| 1.000 | too few starts |"));
        assertThat(results.verdict(5).unsure()).contains("throughput is 0.0 % worse");
    }

    @Test
    void howBusyTheMachineIsIsShownAndNotJudged() {
        // Given a way under which the machine is twice as busy
        Results.Start start = results.start();
        start.add(Way.MINIMAL, seen(1000, 1, 0.9));
        start.add(Way.OURS, seen(1000, 1, 1.8));

        // Then the table has it, and it is nothing that could be worse
        assertThat(results.table()).anyMatch(line -> line.startsWith("| processors busy, steady rate | 1.80 | 0.90 |"));
        assertThat(results.verdict(5).missed()).isEmpty();
    }

    @Test
    void aRoundComesBackAsItsLineSaysIt() throws Exception {
        Peer.Round round = new Peer.Round(new Samples().add(5).add(7_000_000), 0.1, 1, 2);

        Peer.Round read = Peer.Round.parse(round.line());

        assertThat(read.samples().nanos()).containsExactly(5L, 7_000_000L);
        assertThat(read.perSecond()).isEqualTo(10);
        assertThat(read.failures()).isEqualTo(2);
    }

    @Test
    void theRequestsOfAllRoundsOfAStartAreTakenTogether() {
        // Given rounds of few requests, every fiftieth of which is slow
        Results.Start start = results.start();
        for (int i = 0; i < 100; i++) {
            start.add(Way.MINIMAL, seen(10, i % 50 == 0 ? 9 : 1, 1));
            start.add(Way.OURS, seen(10, i % 50 == 0 ? 9 : 1, 1));
        }

        // Then the slow ones are two of a hundred
        assertThat(results.table())
                .anyMatch(line -> line.startsWith("| p50, steady rate | 1.000 ms |"))
                .anyMatch(line -> line.startsWith("| p99, steady rate | 9.000 ms |"));
    }

    /// A second of requests that all take as long.
    private static Results.Seen seen(double perSecond, double millis, double processors) {
        Samples samples = new Samples();
        int count = (int) perSecond;
        for (int i = 0; i < count; i++) {
            samples.add((long) (millis * 1e6));
        }
        Results.Stretch stretch = new Results.Stretch(
                new Peer.Round(samples, count / perSecond, count, 0), 80e-6 * count, processors * count / perSecond);
        return new Results.Seen(stretch, stretch);
    }
}
