package io.higuma.policy;

import java.time.Duration;
import java.util.Optional;

/// Timeouts of one site. Absent means "as without a policy", zero means "none".
///
/// @param connect until a connection is established
/// @param idle until an unused connection is closed
/// @param request until the whole answer has arrived
/// @param streamIdle until a stream without any byte is reset
/// @param maxStream how long a stream may live
/// @param maxConnection how long a connection may live
/// @param requestHeaders until the headers of a request have arrived
public record Timeouts(
        Optional<Duration> connect,
        Optional<Duration> idle,
        Optional<Duration> request,
        Optional<Duration> streamIdle,
        Optional<Duration> maxStream,
        Optional<Duration> maxConnection,
        Optional<Duration> requestHeaders) {

    public static final Timeouts NONE = new Timeouts(
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty());

    /// What these leave open, as the others have it.
    public Timeouts orElse(Timeouts others) {
        return new Timeouts(
                connect.or(others::connect),
                idle.or(others::idle),
                request.or(others::request),
                streamIdle.or(others::streamIdle),
                maxStream.or(others::maxStream),
                maxConnection.or(others::maxConnection),
                requestHeaders.or(others::requestHeaders));
    }
}
