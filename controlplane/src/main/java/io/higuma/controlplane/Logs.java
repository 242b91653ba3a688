package io.higuma.controlplane;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.JsonEncoder;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.encoder.Encoder;
import java.util.Map;
import org.slf4j.LoggerFactory;

/// Sets up the log: standard error, one line per event, for people or as JSON.
final class Logs {

    /// What others send is in it, such as names and Envoy's words: no new line of its own, no terminal's escapes, no
    /// flood.
    private static final String EVENT = "%replace(%.-4000(%msg %kvp)){'[\\x00-\\x1F\\x7F]+', ' '}";

    private static final String LINE = "%d{HH:mm:ss.SSS} %-5level " + EVENT + "%n%ex{20}";

    private Logs() {}

    /// @param level error, warn, info or debug
    /// @param json whether programs read the log
    static void set(String level, boolean json) {
        LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
        context.reset();
        ConsoleAppender<ILoggingEvent> console = new ConsoleAppender<>();
        console.setContext(context);
        console.setTarget("System.err");
        console.setEncoder(json ? json(context) : lines(context));
        console.start();
        Logger root = context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
        root.addAppender(console);
        root.setLevel(Level.WARN);
        // Libraries are only heard when something is wrong.
        Map.of("io.higuma", level, "higuma", level)
                .forEach((name, wanted) -> context.getLogger(name).setLevel(Level.toLevel(wanted, Level.INFO)));
    }

    static Encoder<ILoggingEvent> lines(LoggerContext context) {
        PatternLayoutEncoder encoder = new PatternLayoutEncoder();
        encoder.setContext(context);
        encoder.setPattern(LINE);
        encoder.start();
        return encoder;
    }

    private static Encoder<ILoggingEvent> json(LoggerContext context) {
        JsonEncoder encoder = new JsonEncoder();
        encoder.setContext(context);
        encoder.start();
        return encoder;
    }
}
