package io.higuma.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.higuma.xds.Refusal;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class RefusalNewsTest {

    private static final Instant NOW = Instant.parse("2030-01-01T00:00:00Z");
    private static final Refusal EXPIRED = new Refusal(Refusal.Code.UNAUTHENTICATED, "token is expired");
    private static final Refusal INVALID = new Refusal(Refusal.Code.INVALID_ARGUMENT, "the Dataplane is not valid");

    private final RefusalNews news = new RefusalNews();

    @Test
    void aProxyThatAsksAgainAndAgainIsTalkedOfNowAndThen() {
        int lines = 0;
        for (int second = 0; second < 3600; second++) {
            lines += news.isNew("default.web", EXPIRED, NOW.plusSeconds(second)) ? 1 : 0;
        }

        assertThat(lines).isBetween(11, 12);
    }

    @Test
    void anotherReasonAndAnotherProxyAreNews() {
        assertThat(news.isNew("default.web", EXPIRED, NOW)).isTrue();
        assertThat(news.isNew("default.web", INVALID, NOW)).isTrue();
        assertThat(news.isNew("default.cart", EXPIRED, NOW)).isTrue();
        assertThat(news.isNew("default.web", EXPIRED, NOW.plusSeconds(1))).isFalse();
    }

    @Test
    void aCrowdOfNamesIsForgottenTheEldestFirst() {
        for (int i = 0; i < 1_001; i++) {
            assertThat(news.isNew("default." + i, EXPIRED, NOW)).isTrue();
        }

        assertThat(news.isNew("default.1000", EXPIRED, NOW.plus(Duration.ofMinutes(1))))
                .isFalse();
        assertThat(news.isNew("default.0", EXPIRED, NOW.plus(Duration.ofMinutes(1))))
                .isTrue();
    }
}
