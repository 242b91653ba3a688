package io.higuma.xds.grpc;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.DefaultHttp2FrameWriter;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2FrameWriter;
import io.netty.handler.codec.http2.Http2Headers;
import java.util.Optional;

/// The frames of one connection that leave. Nothing leaves before the next flush. Owner: the event loop of the
/// connection.
@SuppressWarnings("FutureReturnValueIgnored") // a write that fails closes the connection, and that is heard
final class FrameWriter {

    /// Length, type, flags and stream of a frame (RFC 9113, 4.1).
    static final int HEAD = 9;

    private static final int LARGEST_HEADER_TABLE = 4096;

    private final Http2FrameWriter frames = new DefaultHttp2FrameWriter();
    private final ChannelHandlerContext context;

    FrameWriter(ChannelHandlerContext context) {
        this.context = context;
    }

    /// A whole DATA frame without flags, whose head is written into the first [#HEAD] bytes.
    ///
    /// @param frame released by this
    /// @param sent called when it is in the socket, or never will be
    void data(int stream, ByteBuf frame, Optional<Runnable> sent) {
        bytes(head(stream, frame, frame.readableBytes() - HEAD), sent);
    }

    /// The head of a DATA frame whose bytes follow.
    void dataHead(int stream, int size) {
        bytes(head(stream, context.alloc().directBuffer(HEAD, HEAD).setIndex(0, HEAD), size), Optional.empty());
    }

    void bytes(ByteBuf bytes, Optional<Runnable> sent) {
        if (sent.isEmpty()) {
            context.write(bytes, context.voidPromise());
        } else {
            context.write(bytes).addListener(done -> sent.get().run());
        }
    }

    private static ByteBuf head(int stream, ByteBuf frame, int size) {
        int at = frame.readerIndex();
        return frame.setMedium(at, size).setShort(at + 3, 0).setInt(at + 5, stream);
    }

    void headers(int stream, Http2Headers headers, boolean end) {
        frames.writeHeaders(context, stream, headers, 0, end, context.newPromise());
    }

    void reset(int stream, Http2Error error) {
        frames.writeRstStream(context, stream, error.code(), context.voidPromise());
    }

    /// @param stream 0 for the connection
    void windowUpdate(int stream, int more) {
        frames.writeWindowUpdate(context, stream, more, context.voidPromise());
    }

    void ping(boolean answer, long data) {
        frames.writePing(context, answer, data, context.voidPromise());
    }

    void settingsAck() {
        frames.writeSettingsAck(context, context.newPromise());
    }

    void goAway(int newest, Http2Error error, String reason) {
        frames.writeGoAway(
                context, newest, error.code(), ByteBufUtil.writeUtf8(context.alloc(), reason), context.newPromise());
    }

    /// How much the client keeps of our headers, at most.
    void headerTable(long bytes) throws Http2Exception {
        frames.configuration().headersConfiguration().maxHeaderTableSize(Math.min(bytes, LARGEST_HEADER_TABLE));
    }

    void flush() {
        context.flush();
    }

    void close() {
        frames.close();
    }
}
