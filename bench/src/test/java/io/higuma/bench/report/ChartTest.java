package io.higuma.bench.report;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Numbers of the report.
class ChartTest {

    @ParameterizedTest
    @CsvSource({"159.67, 160", "1702.97, 1700", "0.0263, 0.0263", "13.03, 13", "70.65, 70.7", "2.5, 2.5"})
    void threeDigitsCount(double value, String text) {
        assertThat(Chart.number(value)).isEqualTo(text);
    }

    @Test
    void whatIsWholeStaysWhole() {
        assertThat(Chart.number(299_280)).isEqualTo("299280");
        assertThat(Chart.number(0)).isEqualTo("0");
    }

    @Test
    void linesOfOneColorAreDrawnDifferently() {
        Chart chart = new Chart("", new Chart.Axis("", true), new Chart.Axis("", false));
        for (int i = 0; i < 11; i++) {
            chart.point("line " + i, 1, i).point("line " + i, 10, i);
        }

        // The eleventh has the color of the first, and is dashed, as is its place in the legend.
        assertThat(chart.svg().lines().filter(line -> line.contains("stroke=\"#2f7ed8\" stroke-width")))
                .hasSize(2);
        assertThat(chart.svg().lines().filter(line -> line.contains("stroke=\"#2f7ed8\" stroke-dasharray")))
                .hasSize(2);
    }
}
