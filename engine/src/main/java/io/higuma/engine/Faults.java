package io.higuma.engine;

import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Where bugs go: an event that throws is logged and counted, and nothing else stops.
final class Faults {

    private static final Logger log = LoggerFactory.getLogger(Faults.class);

    private final AtomicLong count = new AtomicLong();

    void handle(String what, Throwable error) {
        count.incrementAndGet();
        log.atError().addKeyValue("reason", what).setCause(error).log("a fault in the engine; it goes on");
    }

    long count() {
        return count.get();
    }
}
