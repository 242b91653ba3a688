package io.higuma.xds.grpc;

import io.higuma.xds.Refusal;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.EventLoop;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.Http2ConnectionHandler;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2Stream;
import io.netty.util.AsciiString;
import io.netty.util.NetUtil;
import java.net.InetSocketAddress;
import java.util.Optional;

/// Our side of one gRPC call as HTTP/2 writes it: headers, messages, trailers. Owner: the event loop of the connection.
///
/// What is written leaves with the next [#flush]; while a connection is being read it leaves at the end of that by
/// itself.
final class GrpcStream {

    private static final AsciiString OK = AsciiString.cached("200");
    private static final AsciiString CONTENT_TYPE = AsciiString.cached("content-type");
    private static final AsciiString GRPC = AsciiString.cached("application/grpc");
    private static final AsciiString STATUS = AsciiString.cached("grpc-status");
    private static final AsciiString MESSAGE = AsciiString.cached("grpc-message");

    private final ChannelHandlerContext context;
    private final Http2ConnectionHandler connection;
    private final Http2Stream stream;

    GrpcStream(ChannelHandlerContext context, Http2ConnectionHandler connection, Http2Stream stream) {
        this.context = context;
        this.connection = connection;
        this.stream = stream;
    }

    EventLoop loop() {
        return context.channel().eventLoop();
    }

    /// Address and port of the client, as people write them.
    String peer() {
        return NetUtil.toSocketAddressString(
                (InetSocketAddress) context.channel().remoteAddress());
    }

    /// A buffer of the kind that leaves without a copy.
    ByteBuf buffer(int bytes) {
        return context.alloc().directBuffer(bytes, bytes);
    }

    void begin() {
        Http2Headers headers = new DefaultHttp2Headers(false).status(OK).set(CONTENT_TYPE, GRPC);
        var _ = connection.encoder().writeHeaders(context, stream.id(), headers, 0, false, context.newPromise());
    }

    /// @param message with its five bytes of framing; this releases it
    /// @return done when the bytes, and all written before them, are in the socket
    ChannelFuture write(ByteBuf message) {
        return connection.encoder().writeData(context, stream.id(), message, 0, false, context.newPromise());
    }

    void flush() {
        connection.flush(context);
    }

    /// Opens the window again for bytes that were read later than they came.
    void consumed(int bytes) throws Http2Exception {
        if (connection.decoder().flowController().consumeBytes(stream, bytes)) {
            flush();
        }
    }

    /// Trailers, after everything that was written. A client that has not ended its side is told to stop.
    ///
    /// @param refusal why the call fails; empty if it is over in peace
    void end(Optional<Refusal> refusal) {
        Http2Headers trailers = new DefaultHttp2Headers(false)
                .set(
                        STATUS,
                        Integer.toString(
                                refusal.map(why -> GrpcStatus.code(why.code())).orElse(0)))
                .set(
                        MESSAGE,
                        refusal.map(why -> GrpcStatus.percentEncoded(why.message()))
                                .orElse(""));
        var _ = connection
                .encoder()
                .writeHeaders(context, stream.id(), trailers, 0, true, context.newPromise())
                .addListener(written -> {
                    if (written.isSuccess() && stream.state() != Http2Stream.State.CLOSED) {
                        var _ = connection.resetStream(
                                context, stream.id(), Http2Error.NO_ERROR.code(), context.newPromise());
                        flush();
                    }
                });
        flush();
    }
}
