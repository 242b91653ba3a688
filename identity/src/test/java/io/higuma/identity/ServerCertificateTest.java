package io.higuma.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class ServerCertificateTest {

    private static final Instant NOW = Instant.parse("2030-01-01T00:00:00Z");

    private final SecureRandom random = new SecureRandom();
    private final ServerCertificate ours = ServerCertificate.selfSigned(List.of("localhost"), NOW, random);

    @Test
    void aKeyAndACertificateBelongTogether() {
        ServerCertificate another = ServerCertificate.selfSigned(List.of("localhost"), NOW, random);

        assertThat(ServerCertificate.of(ours.certificate(), ours.key())).isEqualTo(ours);
        assertThatThrownBy(() -> ServerCertificate.of(ours.certificate(), another.key()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("the key is not the one of the certificate");
        assertThatThrownBy(() -> ServerCertificate.of("", ours.key()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("there is no certificate in the text");
    }

    @Test
    void aClockThatIsWrongIsToldByTheDates() {
        assertThat(ours.untimely(NOW)).isEmpty();
        assertThat(ours.untimely(NOW.minus(Duration.ofMinutes(4)))).isEmpty();
        assertThat(ours.untimely(NOW.minus(Duration.ofHours(1))))
                .contains("it is not valid before 2029-12-31T23:55:00Z, and the clock of this host says"
                        + " 2029-12-31T23:00:00Z");
        assertThat(ours.untimely(NOW.plus(Duration.ofDays(3651)))).contains("it is expired since 2039-12-30T00:00:00Z");
    }
}
