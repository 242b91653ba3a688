package io.higuma.bench.datapath;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ResultsTest {

    private final Results results = new Results();

    @Test
    void aMachineThatGetsSlowerMeanwhileMakesNobodyWorse() {
        // Given three rounds, each slower than the one before, and both ways alike in each
        for (double slower : new double[] {1, 2, 3}) {
            results.add(Way.MINIMAL, seen(1000 / slower, slower, 1));
            results.add(Way.OURS, seen(1000 / slower, slower, 1));
        }

        // Then nothing is worse
        assertThat(results.worse(5)).isEmpty();
    }

    @Test
    void whatIsMoreThanTheBudgetWorseIsNamed() {
        // Given a way that takes a tenth less and half as long again
        results.add(Way.MINIMAL, seen(1000, 1.0, 1));
        results.add(Way.OURS, seen(900, 1.5, 1));

        // Then both are named, with how much it is
        assertThat(results.worse(5))
                .contains("throughput is 10.0 % worse", "p50, steady rate is 50.0 % worse")
                .noneMatch(each -> each.contains("CPU"));
        assertThat(results.worse(60)).isEmpty();
    }

    @Test
    void howBusyTheMachineIsIsShownAndNotJudged() {
        // Given a way under which the machine is twice as busy
        results.add(Way.MINIMAL, seen(1000, 1, 0.9));
        results.add(Way.OURS, seen(1000, 1, 1.8));

        // Then the table has it, and it is nothing that could be worse
        assertThat(results.table()).anyMatch(line -> line.startsWith("| processors busy, steady rate | 1.80 | 0.90 |"));
        assertThat(results.worse(5)).isEmpty();
    }

    private static Results.Seen seen(double perSecond, double millis, double processors) {
        Results.Stretch stretch = new Results.Stretch(new Peer.Round(perSecond, millis, millis, 0), 80, processors);
        return new Results.Seen(stretch, stretch);
    }
}
