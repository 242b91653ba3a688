package io.higuma.engine;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// Who runs a revision.
///
/// @param revision the revision asked for
/// @param concerned how many connected proxies see a difference
/// @param running how many of them have acknowledged it
/// @param missing names of those that have not answered yet, sorted
/// @param refused who refuses it, in Envoy's words or the compiler's
/// @param applied when the engine took it
/// @param firstAck when the first proxy had it
/// @param lastAck when the last one so far had it
public record Receipt(
        long revision,
        int concerned,
        int running,
        List<String> missing,
        List<Refused> refused,
        Instant applied,
        Optional<Instant> firstAck,
        Optional<Instant> lastAck) {

    public Receipt {
        missing = List.copyOf(missing);
        refused = List.copyOf(refused);
    }

    /// @param proxy `mesh/name`
    public record Refused(String proxy, String message) {}

    /// Whether every proxy that sees a difference has it.
    public boolean complete() {
        return missing.isEmpty() && refused.isEmpty();
    }
}
