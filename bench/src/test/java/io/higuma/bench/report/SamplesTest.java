package io.higuma.bench.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.higuma.bench.load.Workload;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Percentiles, and the page that is made of them.
class SamplesTest {

    @Test
    void percentilesAreThoseOfTheNearestRank() {
        Samples samples = new Samples();
        for (int i = 1000; i >= 1; i--) {
            samples.add(i * 1_000_000L);
        }

        assertThat(samples.millis(50)).isEqualTo(500);
        assertThat(samples.millis(99)).isEqualTo(990);
        assertThat(samples.max()).isEqualTo(1000);
        assertThat(samples.add(5_000_000_000L).max()).isEqualTo(5000);
        assertThat(new Samples().millis(50)).isZero();
    }

    @Test
    void thePageShowsTheNewestValidMeasurementAndItsPicture(@TempDir Path folder) throws Exception {
        JsonLines lines = new JsonLines(folder.resolve("report/results.jsonl"));
        RunInfo run = new RunInfo("2030-01-01T00:00:00Z", "Higuma 1", "a machine", 0.5, Workload.EVERY.get(2), "");

        lines.append(run, measured(40));
        lines.append(run, measured(7));
        lines.append(run, measured(9).fault("the client was too busy"));
        String page = Files.readString(ReportPage.write(folder));

        assertThat(page)
                .contains("## Higuma 1 · W2")
                .contains("| O2  | last ack | 7.00 |")
                .doesNotContain("invalid");
        assertThat(Files.readString(folder.resolve("report/last-ack.svg")))
                .startsWith("<svg")
                .contains("W2  1000");
    }

    private static Measurement measured(long millis) {
        return new Measurement("O2", "")
                .value("cpu s/change", 0.01)
                .latency("last ack", new Samples().add(millis * 1_000_000));
    }
}
