package io.higuma.xds;

import java.util.Map;
import java.util.Optional;

/// Who opened a stream, as far as it says so itself in the first request.
///
/// @param id `<mesh>.<name>`; only the first dot separates
/// @param metadata the node's metadata as plain Java values: String, Double, Boolean, List, Map; absent values left out
/// @param credential the `authorization` header, without any prefix; empty if there is none
/// @param peer the other end's address and port, for messages
public record Node(
        String id,
        String cluster,
        String userAgent,
        Map<String, Object> metadata,
        Optional<Credential> credential,
        String peer) {

    /// A bearer token. Its text never reaches a log.
    public record Credential(String token) {
        @Override
        public String toString() {
            return "[redacted]";
        }
    }
}
