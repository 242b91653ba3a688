package io.higuma.cli.client;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/// Where a control plane's API is and how to be let in.
///
/// @param address such as `http://localhost:5681`; a path in it is a prefix of every request
/// @param token a user token; empty on the control plane's own host, where none is needed
/// @param caCertFile what to trust on HTTPS; empty: the system's trust store
/// @param skipVerify trust anything; for trying out only
/// @param patience how long to wait while nobody listens there: a control plane that was started a moment ago
public record Endpoint(
        URI address, Optional<Secret> token, Optional<Path> caCertFile, boolean skipVerify, Duration patience) {

    /// The address without a slash at its end.
    public String base() {
        String text = address.toString();
        return text.endsWith("/") ? text.substring(0, text.length() - 1) : text;
    }

    public Endpoint withoutPatience() {
        return new Endpoint(address, token, caCertFile, skipVerify, Duration.ZERO);
    }

    /// A text that is never printed.
    public record Secret(String text) {
        @Override
        public String toString() {
            return "[redacted]";
        }
    }
}
