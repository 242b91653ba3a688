package io.higuma.engine;

import io.higuma.xds.Node;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Optional;

/// How old the process behind a stream is, to tell a proxy that comes back from another one that bears its name.
///
/// @param started when its bootstrap was made, as its node says; empty where it says nothing
/// @param order the place of the stream among all streams, in the order they were opened
record Age(Optional<Instant> started, long order) {

    static final String STARTED = "higuma.started";

    static Age of(Node node, long order) {
        return new Age(started(node), order);
    }

    private static Optional<Instant> started(Node node) {
        try {
            return node.metadata().get(STARTED) instanceof String text
                    ? Optional.of(Instant.parse(text))
                    : Optional.empty();
        } catch (DateTimeException e) {
            return Optional.empty();
        }
    }

    /// The process that was started later, else the stream that was opened later.
    boolean isNewer(Age other) {
        return isOther(other) ? started.get().isAfter(other.started.get()) : order > other.order;
    }

    /// Whether it is certainly another process.
    boolean isOther(Age other) {
        return started.isPresent() && other.started.isPresent() && !started.equals(other.started);
    }
}
