package io.higuma.bench.datapath;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

final class ArrivalsTest {

    private static final int MANY = 100_000;
    private static final int RATE = 4000;
    private static final long BEGIN = 17;

    @Test
    void arrivals_have_the_rate_and_the_spread_of_a_poisson_process() {
        // Given arrivals of 4000 a second
        List<Long> times = times(RATE, 1);
        // When the distances between them are looked at
        double mean = (double) (times.getLast() - times.getFirst()) / (MANY - 1);
        double square = LongStream.range(1, MANY)
                .map(i -> times.get((int) i) - times.get((int) i - 1))
                .mapToDouble(distance -> (distance - mean) * (distance - mean))
                .average()
                .orElseThrow();
        // Then their mean is a quarter of a millisecond, and so is their deviation
        double expected = (double) TimeUnit.SECONDS.toNanos(1) / RATE;
        assertThat(times.getFirst()).isEqualTo(BEGIN);
        assertThat(mean).isCloseTo(expected, within(expected / 50));
        assertThat(Math.sqrt(square)).isCloseTo(expected, within(expected / 50));
    }

    @Test
    void one_seed_has_one_schedule_so_that_all_ways_get_the_same() {
        assertThat(times(RATE, 1)).isEqualTo(times(RATE, 1)).isNotEqualTo(times(RATE, 2));
    }

    private static List<Long> times(int rate, long seed) {
        Arrivals arrivals = new Arrivals(BEGIN, rate, seed);
        return LongStream.generate(arrivals::take).limit(MANY).boxed().toList();
    }
}
