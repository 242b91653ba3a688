/// Thousands of proxies in one process: each a TLS connection with one delta ADS stream of its own, that asks,
/// acknowledges and follows references as Envoy does, for a few microseconds per message.
///
/// ```
/// socket ─▶ TLS ─▶ GrpcStream (HTTP/2 frames, gRPC messages) ─▶ ProxyStream (ADS, what is held)
///                                                                   │ each distinct content once
///                                                                   ▼
///                                                               Contents ─▶ marks ─▶ Board (who saw what, when)
/// ```
@NullMarked
package io.higuma.bench.wire;

import org.jspecify.annotations.NullMarked;
