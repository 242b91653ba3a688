package io.higuma.xds.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import io.higuma.xds.HealthSource.Probe;
import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// How often an Envoy that probes is told to report.
class HealthServiceTest {

    @ParameterizedTest
    @CsvSource({
        "PT3S, PT2S, PT2S", // as often as the most frequent probe finds something new
        "PT2.5S, PT30S, PT2.5S",
        "PT0.1S, PT3S, PT1S", // not more often than every second
        "PT30S, PT60S, PT5S", // and at least every five, so that a change is not told much later than it is seen
    })
    void reportsFollowTheProbesWithinBounds(Duration one, Duration other, Duration reports) {
        assertThat(HealthService.reports(
                        Stream.of(one, other).map(HealthServiceTest::probe).toList()))
                .isEqualTo(reports);
    }

    private static Probe probe(Duration interval) {
        return new Probe("localhost:80", "127.0.0.1", 80, interval, Duration.ofSeconds(2), 1, 1, "");
    }
}
