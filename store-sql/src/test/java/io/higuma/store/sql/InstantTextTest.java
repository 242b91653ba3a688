package io.higuma.store.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.DateTimeException;
import java.time.Instant;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class InstantTextTest {

    private static final long SEED = 20261126;
    private static final int TIMES = 10_000;
    private static final int[] UNITS = {1, 1_000, 1_000_000, 1_000_000_000};

    @Test
    void whatAnInstantWritesIsReadAsThatInstant() {
        Random random = new Random(SEED);
        long first = Instant.parse("0000-01-01T00:00:00Z").getEpochSecond();
        long last = Instant.parse("+10001-01-01T00:00:00Z").getEpochSecond();
        for (int i = 0; i < TIMES; i++) {
            int unit = UNITS[i % UNITS.length];
            int nanos = random.nextInt(1_000_000_000) / unit * unit;
            Instant instant = Instant.ofEpochSecond(random.nextLong(first, last), nanos);

            assertThat(InstantText.read(instant.toString())).isEqualTo(instant);
        }
    }

    @Test
    void nothingFromATimeOnIsLessThanItsLeastText() {
        Random random = new Random(SEED);
        long last = Instant.parse("9999-12-31T23:59:50Z").getEpochSecond();
        for (int i = 0; i < TIMES; i++) {
            Instant since = Instant.ofEpochSecond(random.nextLong(last), random.nextInt(1000) * 1_000_000L);
            Instant later = since.plusMillis(random.nextInt(2000));
            String least = InstantText.least(since);

            assertThat(later.toString()).isGreaterThanOrEqualTo(least);
            assertThat(since.minusSeconds(1).toString()).isLessThan(least);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "yesterday",
                "2026-11-26",
                "2026-13-26T17:57:01Z",
                "2026/11/26T17:57:01Z",
                "2026-11-26T17:57:61Z",
                "2026-11-26T17:57:01.1234567890Z",
                "2026-11-26T17:57:0xZ",
                "2026-11-26T17:57:01.2x5Z",
                "2026-11-26T17:57:01.5"
            })
    void anythingElseIsRefused(String text) {
        assertThatThrownBy(() -> InstantText.read(text)).isInstanceOf(DateTimeException.class);
    }
}
