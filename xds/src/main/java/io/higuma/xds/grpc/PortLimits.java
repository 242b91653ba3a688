package io.higuma.xds.grpc;

import java.time.Duration;

/// What clients of the port for data planes may use up. Defaults: [#DEFAULT].
///
/// @param maxStreams open streams; one more is ended with RESOURCE_EXHAUSTED
/// @param maxConnections open connections; one more is closed at once
/// @param maxRequestBytes one discovery request; a reconnect names everything it holds, so this is not small
/// @param maxNames names one stream may subscribe to, over all types
/// @param maxResponseBytes where a response is cut into several; one larger resource goes alone
/// @param firstRequest how long a stream may take to say who it is
/// @param idle how long a connection without a stream is kept; also bounds the TLS handshake
/// @param ping how often an HTTP/2 connection is asked for a sign of life. This tells a client that hangs; a host that
/// is gone is told by TCP keepalive, which costs nothing
public record PortLimits(
        int maxStreams,
        int maxConnections,
        int maxRequestBytes,
        int maxNames,
        int maxResponseBytes,
        Duration firstRequest,
        Duration idle,
        Duration ping) {

    public static final PortLimits DEFAULT = new PortLimits(
            20_000,
            40_000,
            4 << 20,
            20_000,
            1 << 20,
            Duration.ofSeconds(10),
            Duration.ofSeconds(60),
            Duration.ofSeconds(60));
}
