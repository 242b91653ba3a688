package io.higuma.api.info;

import io.higuma.model.ResourceKey;
import io.higuma.model.core.DataplaneInsightSpec;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// What the control plane has seen of proxies: lives in memory beside the store. Called from many threads.
public interface Observations {

    /// What is known of a proxy; empty if it never opened a stream.
    Optional<DataplaneInsightSpec> insight(ResourceKey dataplane);

    /// Who runs a revision of the store; empty if it is too old to be remembered, or not there yet.
    Optional<Receipt> receipt(long revision);

    /// Whether a revision is live.
    ///
    /// @param applied when the engine took it
    /// @param concerned how many connected proxies see a difference
    /// @param running how many of them have acknowledged it
    /// @param missing those that have not acknowledged it, as `mesh/name`
    /// @param refused those that refused it
    /// @param firstAck when the first of them ran it
    /// @param lastAck when the last one did, so far
    record Receipt(
            Instant applied,
            int concerned,
            int running,
            List<String> missing,
            List<Refused> refused,
            Optional<Instant> firstAck,
            Optional<Instant> lastAck) {
        public Receipt {
            missing = List.copyOf(missing);
            refused = List.copyOf(refused);
        }
    }

    /// @param proxy as `mesh/name`
    /// @param message Envoy's words
    record Refused(String proxy, String message) {}
}
