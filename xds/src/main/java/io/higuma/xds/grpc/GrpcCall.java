package io.higuma.xds.grpc;

import io.netty.buffer.ByteBuf;

/// A running call, as its connection sees it. Everything happens on the event loop of the connection.
interface GrpcCall {

    /// Bytes of messages came.
    ///
    /// @return how many of them are read; the rest keeps the window of the stream closed until
    /// [GrpcStream#consumed]
    int read(ByteBuf data);

    /// The client sends no more.
    void halfClosed();

    /// The stream is over. Comes for every way a stream can end, also when we ended it.
    void closed();
}
