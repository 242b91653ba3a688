/// MeshTimeout: how long things may take.
///
/// `to` is about what a proxy calls, `rules` about what it serves. Sets `Cluster.connect_timeout`,
/// `HttpProtocolOptions.common_http_protocol_options` of clusters, and `timeout`, `idle_timeout`
/// and `max_stream_duration` of routes, so that the usual change moves a RouteConfiguration only
/// and drains no connection. `requestHeadersTimeout` and TCP's `idleTimeout` live in the listener.
@NullMarked
package io.higuma.policies.timeout;

import org.jspecify.annotations.NullMarked;
