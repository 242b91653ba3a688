package io.higuma.xds.grpc;

import static java.util.Objects.requireNonNull;

import io.higuma.xds.Refusal;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.EventLoop;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.util.AsciiString;
import io.netty.util.NetUtil;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/// Our side of one gRPC call as HTTP/2 writes it: headers, messages, trailers. Owner: the event loop of the connection.
///
/// What is written leaves with the next [#flush]; while a connection is being read it leaves at the end of that by
/// itself. What the client's windows do not take waits here, in order.
final class GrpcStream {

    /// RFC 9113, 6.5.2: what every client takes in one frame.
    static final int SMALLEST_MAX_FRAME = 16_384;

    private static final AsciiString OK = AsciiString.cached("200");
    private static final AsciiString CONTENT_TYPE = AsciiString.cached("content-type");
    private static final AsciiString GRPC = AsciiString.cached("application/grpc");
    private static final AsciiString STATUS = AsciiString.cached("grpc-status");
    private static final AsciiString MESSAGE = AsciiString.cached("grpc-message");

    /// A message, or what is left of it.
    private record Waiting(ByteBuf bytes, Optional<Runnable> sent) {

        void release() {
            bytes.release();
            sent.ifPresent(Runnable::run);
        }
    }

    private final GrpcTransport transport;
    private final ChannelHandlerContext context;
    private final int id;
    private @Nullable GrpcCall call;
    /// What we may send.
    private long window;
    /// Bytes that came and were not given back to the client's window, and how many of them were consumed.
    private int taken;

    private int consumed;
    private boolean halfClosed;
    private boolean over;
    private @Nullable Queue<Waiting> waiting;
    private @Nullable Http2Headers trailers;

    GrpcStream(GrpcTransport transport, ChannelHandlerContext context, int id, int window) {
        this.transport = transport;
        this.context = context;
        this.id = id;
        this.window = window;
    }

    // ---- for the call

    EventLoop loop() {
        return context.channel().eventLoop();
    }

    /// Address and port of the client, as people write them.
    String peer() {
        return NetUtil.toSocketAddressString(
                (InetSocketAddress) context.channel().remoteAddress());
    }

    /// An empty buffer for a message with its five bytes of framing, of the kind that leaves without a copy.
    ByteBuf buffer(int bytes) {
        ByteBuf buffer = context.alloc().directBuffer(FrameWriter.HEAD + bytes, FrameWriter.HEAD + bytes);
        return buffer.setIndex(FrameWriter.HEAD, FrameWriter.HEAD);
    }

    void begin() {
        Http2Headers headers = new DefaultHttp2Headers(false).status(OK).set(CONTENT_TYPE, GRPC);
        transport.writer().headers(id, headers, false);
    }

    /// @param message in a buffer from [#buffer]; this releases it
    void write(ByteBuf message) {
        write(new Waiting(message, Optional.empty()));
    }

    /// @param sent called when the bytes, and all written before them, are in the socket, or never will be
    void write(ByteBuf message, Runnable sent) {
        write(new Waiting(message, Optional.of(sent)));
    }

    private void write(Waiting message) {
        ByteBuf bytes = message.bytes();
        int size = bytes.readableBytes();
        if (over) {
            message.release();
        } else if (waiting == null && size <= Math.min(SMALLEST_MAX_FRAME, Math.min(window, transport.window()))) {
            took(size);
            transport.writer().data(id, bytes.readerIndex(0), message.sent());
        } else {
            Queue<Waiting> queue = waiting;
            if (queue == null) {
                queue = new ArrayDeque<>();
                waiting = queue;
            }
            queue.add(message);
            drain();
        }
    }

    private void took(int size) {
        window -= size;
        transport.took(size);
    }

    void flush() {
        transport.flush();
    }

    /// Opens the window again for bytes that were read later than they came.
    void consumed(int bytes) {
        transport.consumed(this, bytes);
        flush();
    }

    /// Trailers, after everything that was written. A client that has not ended its side is told to stop.
    ///
    /// @param refusal why the call fails; empty if it is over in peace
    void end(Optional<Refusal> refusal) {
        trailers = new DefaultHttp2Headers(false)
                .set(
                        STATUS,
                        Integer.toString(
                                refusal.map(why -> GrpcStatus.code(why.code())).orElse(0)))
                .set(
                        MESSAGE,
                        refusal.map(why -> GrpcStatus.percentEncoded(why.message()))
                                .orElse(""));
        drain();
        flush();
    }

    // ---- for the connection

    int id() {
        return id;
    }

    void call(GrpcCall opened) {
        call = opened;
    }

    /// More bytes came than were read.
    ///
    /// @throws Http2Exception if they are more than the window that the client was given
    void received(int bytes) throws Http2Exception {
        taken += bytes;
        if (taken > GrpcPort.WINDOW_BYTES) {
            throw Http2Exception.streamError(id, Http2Error.FLOW_CONTROL_ERROR, "more than its window");
        }
    }

    int read(ByteBuf data) {
        return over ? data.readableBytes() : requireNonNull(call).read(data);
    }

    /// @return by how much to widen the client's window now; empty if later
    OptionalInt giveBack(int bytes) {
        consumed += bytes;
        if (over || halfClosed || consumed < GrpcPort.WINDOW_BYTES / 2) {
            return OptionalInt.empty();
        }
        int all = consumed;
        taken -= all;
        consumed = 0;
        return OptionalInt.of(all);
    }

    /// Bytes that came and were not consumed.
    int unread() {
        return taken - consumed;
    }

    /// Whether nothing but what the client's windows did not take keeps the stream open.
    boolean isEnding() {
        return trailers != null;
    }

    boolean isHalfClosed() {
        return halfClosed;
    }

    void halfClose() {
        halfClosed = true;
        if (!over) {
            requireNonNull(call).halfClosed();
        }
    }

    /// @param more may be negative (RFC 9113, 6.9.2)
    void widen(long more) throws Http2Exception {
        if (window + more > Integer.MAX_VALUE) {
            throw Http2Exception.streamError(id, Http2Error.FLOW_CONTROL_ERROR, "a window beyond 2^31 - 1");
        }
        window += more;
        drain();
    }

    /// Sends what the windows take now.
    void drain() {
        Queue<Waiting> queue = waiting;
        while (queue != null && !queue.isEmpty() && Math.min(window, transport.window()) > 0) {
            Waiting first = queue.element();
            int left = first.bytes().readableBytes();
            int size = (int) Math.min(Math.min(window, transport.window()), Math.min(left, transport.maxFrame()));
            took(size);
            transport.writer().dataHead(id, size);
            if (size == left) {
                queue.remove();
                transport.writer().bytes(first.bytes(), first.sent());
            } else {
                transport.writer().bytes(first.bytes().readRetainedSlice(size), Optional.empty());
            }
        }
        if (queue != null && queue.isEmpty()) {
            waiting = null;
        }
        Http2Headers last = trailers;
        if (last != null && waiting == null && !over) {
            over = true;
            transport.writer().headers(id, last, true);
            transport.ended(this);
        }
    }

    /// The stream is gone, whoever ended it.
    void closed() {
        over = true;
        Queue<Waiting> queue = waiting;
        waiting = null;
        if (queue != null) {
            queue.forEach(Waiting::release);
        }
        GrpcCall told = call;
        if (told != null) {
            told.closed();
        }
    }
}
