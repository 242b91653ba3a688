package io.higuma.engine;

import io.higuma.model.ResourceKey;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// Who runs a revision. Of a revision that is long ago only numbers and times are left.
///
/// @param revision the revision asked for
/// @param writes what was written in the revisions that the engine took together with it, the first few
/// @param detailed whether names are known
/// @param missing the first names of those that have not answered yet, sorted, as `mesh/name`
/// @param refused the first of those that refuse it, sorted
public record Receipt(
        long revision,
        Counts counts,
        Times times,
        List<Write> writes,
        boolean detailed,
        List<String> missing,
        List<Refused> refused) {

    public Receipt {
        writes = List.copyOf(writes);
        missing = List.copyOf(missing);
        refused = List.copyOf(refused);
    }

    /// @param concerned how many connected proxies see a difference, or saw one and have acknowledged it
    /// @param running how many of them have acknowledged it, or something newer
    /// @param refused how many of them keep what they had
    /// @param away how many more saw a difference and left before they answered; they get it when they come back
    public record Counts(int concerned, int running, int refused, int away) {

        /// How many connected proxies have not answered.
        public int missing() {
            return concerned - running - refused;
        }
    }

    /// @param written when the store had it
    /// @param applied when the engine took it
    /// @param firstAck when the first proxy had it
    /// @param lastAck when the last one so far had it
    public record Times(Instant written, Instant applied, Optional<Instant> firstAck, Optional<Instant> lastAck) {}

    /// One resource that was written or removed.
    public record Write(long revision, ResourceKey key) {}

    /// What a state brought.
    ///
    /// @param first few writes
    /// @param count of all
    /// @param time of the first
    record Written(List<Write> first, int count, Instant time) {
        Written {
            first = List.copyOf(first);
        }
    }

    /// @param proxy `mesh/name`
    /// @param message Envoy's words or the compiler's
    public record Refused(String proxy, String message) {}

    /// What a concerned proxy says of a revision.
    public enum Answer {
        RUNNING,
        MISSING,
        REFUSED,
        /// Its stream ended before it answered.
        AWAY,
        /// Its Dataplane was deleted since.
        GONE
    }

    /// One concerned proxy.
    ///
    /// @param message Envoy's words or the compiler's if it refuses
    public record Proxy(ResourceKey key, Answer answer, Optional<String> message) {}

    public int concerned() {
        return counts.concerned();
    }

    public int running() {
        return counts.running();
    }

    /// Whether every connected proxy that sees a difference has answered.
    public boolean answered() {
        return counts.missing() == 0;
    }

    /// Whether every connected proxy that sees a difference has it.
    public boolean complete() {
        return counts.concerned() == counts.running();
    }
}
