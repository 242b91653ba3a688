package io.higuma.controlplane;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.LoggingEvent;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.slf4j.event.KeyValuePair;

class LogsTest {

    private final LoggerContext context = new LoggerContext();

    private String line(String reason) {
        LoggingEvent event = new LoggingEvent(
                "test", context.getLogger("test"), Level.INFO, "a bootstrap is refused", null, new Object[0]);
        event.addKeyValuePair(new KeyValuePair("reason", reason));
        return new String(Logs.lines(context).encode(event), StandardCharsets.UTF_8);
    }

    @Test
    void anEventIsOneLineWhateverOthersPutIntoIt() {
        assertThat(line("name\r\n12:00:00.000 INFO  all is well\u001b[2J"))
                .endsWith("INFO  a bootstrap is refused reason=\"name 12:00:00.000 INFO  all is well [2J\"\n")
                .containsOnlyOnce("\n");
    }

    @Test
    void anEventIsNoLongerThanAPage() {
        assertThat(line("x".repeat(1_000_000))).hasSizeLessThan(4_100).endsWith("x\n");
    }
}
