package io.higuma.bench.datapath;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SampleTest {

    @Test
    void theMedianIsInTheMiddleWhateverTheOrder() {
        assertThat(of(3, 1, 2).median()).isEqualTo(2);
        assertThat(of(4, 1, 3, 2).median()).isEqualTo(2.5);
        assertThat(of().median()).isZero();
    }

    /// Ranks from a table of the binomial distribution for p = 1/2, as sign tests use it.
    @ParameterizedTest
    @CsvSource({"6, 1, 6", "8, 1, 8", "9, 2, 8", "15, 4, 12", "20, 6, 15", "25, 8, 18", "30, 10, 21"})
    void theRangeOfTheMedianIsThatOfTheSignTest(int size, int low, int high) {
        Sample sample = new Sample(
                IntStream.rangeClosed(1, size).mapToObj(i -> (double) i).toList());

        assertThat(sample.medianRange()).contains(new Sample.Range(low, high));
    }

    @Test
    void fiveNumbersDoNotTell() {
        assertThat(of(1, 2, 3, 4, 5).medianRange()).isEmpty();
        assertThat(new Sample(List.of()).medianRange()).isEmpty();
    }

    private static Sample of(double... values) {
        return new Sample(DoubleStream.of(values).boxed().toList());
    }
}
