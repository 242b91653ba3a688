package io.higuma.bench.wire;

import io.higuma.model.wire.Bytes;

/// Who a stream says it is.
///
/// @param index among all streams, from 0
/// @param service the service it is an instance of, from 0
/// @param name of its Dataplane
/// @param address of its Dataplane
/// @param node the encoded `Node`
/// @param token its dataplane token; empty if none is asked for
public record Proxy(int index, int service, String name, String address, Bytes node, String token) {

    /// Never shows the token.
    @Override
    public String toString() {
        return name;
    }
}
