package io.higuma.bench.wire;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.netty.handler.codec.http2.DefaultHttp2HeadersDecoder;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// One gRPC call on a connection of its own: HTTP/2 (RFC 9113) as far as one stream needs it, without the
/// machinery for many. What goes out waits in one buffer and leaves with one flush.
final class GrpcStream extends ByteToMessageDecoder {

    private static final byte[] PREFACE =
            "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(java.nio.charset.StandardCharsets.US_ASCII);
    private static final int FRAME_HEAD = 9;
    private static final int MAX_FRAME = 16384;
    /// What the server may send unasked; more than any configuration, as Envoy allows too.
    private static final int WINDOW = 1 << 28;

    private static final int STANDARD_WINDOW = 65535;
    private static final int STREAM = 1;
    private static final int MAX_MESSAGE = 1 << 28;

    private static final int DATA = 0;
    private static final int HEADERS = 1;
    private static final int RST_STREAM = 3;
    private static final int SETTINGS = 4;
    private static final int PING = 6;
    private static final int GOAWAY = 7;
    private static final int WINDOW_UPDATE = 8;
    private static final int CONTINUATION = 9;
    private static final int ACK = 1;
    private static final int END_STREAM = 1;
    private static final int END_HEADERS = 4;
    private static final int PADDED = 8;
    private static final int PRIORITY = 32;

    /// What the one who uses the call hears; always on the event loop.
    interface Receiver {
        /// The connection stands and the request is on its way; messages may be sent.
        void opened();

        /// A message, valid only during the call.
        void message(byte[] bytes, int from, int size);

        /// Nothing more is there to be read now; what was sent has left after this call.
        void rested();

        /// It is over. Comes once, and is the last.
        void closed(String why);
    }

    private final Receiver receiver;
    private final byte[] headers;
    private final LoopTools tools;
    private @Nullable DefaultHttp2HeadersDecoder decoder;
    private @Nullable ChannelHandlerContext context;
    private @Nullable ByteBuf out;
    private @Nullable ByteBuf pending;
    private @Nullable ByteBuf block;
    private long connectionWindow = STANDARD_WINDOW;
    private long streamWindow = STANDARD_WINDOW;
    private int initialWindow = STANDARD_WINDOW;
    private long consumed;
    private final byte[] head = new byte[5];
    private int headFill;
    private byte[] body = LoopTools.NOTHING;
    private int bodyFill;
    private boolean closed;

    /// @param headers the header block of the request
    GrpcStream(Receiver receiver, byte[] headers, LoopTools tools) {
        this.receiver = receiver;
        this.headers = headers;
        this.tools = tools;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext added) {
        context = added;
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) throws Exception {
        if (event instanceof SslHandshakeCompletionEvent done) {
            if (done.isSuccess()) {
                open();
            } else {
                over("TLS: " + done.cause());
            }
        }
        super.userEventTriggered(ctx, event);
    }

    private void open() {
        ByteBuf buffer = out();
        buffer.writeBytes(PREFACE);
        // No table for headers, no push, a wide window.
        frame(18, SETTINGS, 0, 0);
        buffer.writeShort(1).writeInt(0).writeShort(2).writeInt(0).writeShort(4).writeInt(WINDOW);
        frame(4, WINDOW_UPDATE, 0, 0);
        buffer.writeInt(WINDOW - STANDARD_WINDOW);
        frame(headers.length, HEADERS, END_HEADERS, STREAM);
        buffer.writeBytes(headers);
        receiver.opened();
        flush();
    }

    private ByteBuf out() {
        ByteBuf buffer = out;
        if (buffer == null) {
            buffer = java.util.Objects.requireNonNull(context).alloc().buffer(256);
            out = buffer;
        }
        return buffer;
    }

    private void frame(int length, int type, int flags, int stream) {
        out().writeMedium(length).writeByte(type).writeByte(flags).writeInt(stream);
    }

    /// Queues a message that has its gRPC head already.
    void send(byte[] bytes, int size) {
        if (closed) {
            return;
        }
        ByteBuf waiting = pending;
        if (waiting == null && size <= MAX_FRAME && size <= Math.min(connectionWindow, streamWindow)) {
            frame(size, DATA, 0, STREAM);
            out().writeBytes(bytes, 0, size);
            connectionWindow -= size;
            streamWindow -= size;
            return;
        }
        if (waiting == null) {
            waiting = java.util.Objects.requireNonNull(context).alloc().buffer(size);
            pending = waiting;
        }
        waiting.writeBytes(bytes, 0, size);
        drain();
    }

    private void drain() {
        ByteBuf waiting = pending;
        if (waiting == null) {
            return;
        }
        while (waiting.isReadable()) {
            int size = (int)
                    Math.min(Math.min(waiting.readableBytes(), MAX_FRAME), Math.min(connectionWindow, streamWindow));
            if (size <= 0) {
                return;
            }
            frame(size, DATA, 0, STREAM);
            out().writeBytes(waiting, size);
            connectionWindow -= size;
            streamWindow -= size;
        }
        waiting.release();
        pending = null;
    }

    void flush() {
        ByteBuf buffer = out;
        if (buffer != null && !closed) {
            out = null;
            var _ = java.util.Objects.requireNonNull(context).writeAndFlush(buffer);
        }
    }

    @Override
    protected void decode(ChannelHandlerContext ctx, ByteBuf in, List<Object> unused) throws Http2Exception {
        while (!closed && in.readableBytes() >= FRAME_HEAD) {
            int start = in.readerIndex();
            int length = in.getUnsignedMedium(start);
            if (in.readableBytes() < FRAME_HEAD + length) {
                return;
            }
            in.readerIndex(start + FRAME_HEAD);
            handle(in.getByte(start + 3), in.getByte(start + 4), in, length);
            in.readerIndex(start + FRAME_HEAD + length);
        }
        if (closed) {
            in.skipBytes(in.readableBytes());
        }
    }

    private void handle(int type, int flags, ByteBuf in, int length) throws Http2Exception {
        switch (type) {
            case DATA -> data(in, length, flags);
            case HEADERS -> {
                int padding = (flags & PADDED) != 0 ? in.readUnsignedByte() : 0;
                int extra = ((flags & PADDED) != 0 ? 1 : 0) + ((flags & PRIORITY) != 0 ? 5 : 0);
                in.skipBytes((flags & PRIORITY) != 0 ? 5 : 0);
                headerBlock(in, length - extra - padding, flags);
            }
            case CONTINUATION -> headerBlock(in, length, flags);
            case SETTINGS -> settings(in, length, flags);
            case PING -> {
                if ((flags & ACK) == 0) {
                    frame(8, PING, ACK, 0);
                    out().writeBytes(in, in.readerIndex(), 8);
                }
            }
            case WINDOW_UPDATE -> {
                // The stream identifier stands before the payload.
                int increment = in.readInt() & 0x7fffffff;
                if ((in.getInt(in.readerIndex() - 8) & 0x7fffffff) == 0) {
                    connectionWindow += increment;
                } else {
                    streamWindow += increment;
                }
                drain();
            }
            case RST_STREAM -> over("reset, code " + in.readInt());
            case GOAWAY -> over("the server goes away, code " + in.getInt(in.readerIndex() + 4));
            default -> {}
        }
    }

    private void settings(ByteBuf in, int length, int flags) {
        if ((flags & ACK) != 0) {
            return;
        }
        for (int i = 0; i + 6 <= length; i += 6) {
            int id = in.readUnsignedShort();
            int value = in.readInt();
            if (id == 4) {
                streamWindow += value - initialWindow;
                initialWindow = value;
            }
        }
        frame(0, SETTINGS, ACK, 0);
        drain();
    }

    private void headerBlock(ByteBuf in, int length, int flags) throws Http2Exception {
        ByteBuf collected = block;
        if (collected == null) {
            collected = java.util.Objects.requireNonNull(context).alloc().buffer(length);
            block = collected;
        }
        collected.writeBytes(in, length);
        if ((flags & END_HEADERS) == 0) {
            return;
        }
        block = null;
        try {
            DefaultHttp2HeadersDecoder known = decoder;
            if (known == null) {
                known = new DefaultHttp2HeadersDecoder(false);
                decoder = known;
            }
            Http2Headers read = known.decodeHeaders(STREAM, collected);
            CharSequence status = read.status();
            CharSequence code = read.get("grpc-status");
            if (code != null) {
                over("grpc-status " + code + " " + (read.contains("grpc-message") ? read.get("grpc-message") : ""));
            } else if (status != null && !"200".contentEquals(status)) {
                over("HTTP status " + status);
            }
        } finally {
            collected.release();
        }
        if ((flags & END_STREAM) != 0) {
            over("ended");
        }
    }

    private void data(ByteBuf in, int length, int flags) {
        consumed += length;
        if (consumed > WINDOW / 2) {
            for (int stream = 0; stream <= STREAM; stream++) {
                frame(4, WINDOW_UPDATE, 0, stream);
                out().writeInt((int) consumed);
            }
            consumed = 0;
        }
        int padding = (flags & PADDED) != 0 ? in.readUnsignedByte() : 0;
        int end = in.readerIndex() + length - ((flags & PADDED) != 0 ? 1 : 0) - padding;
        while (in.readerIndex() < end && !closed) {
            take(in, end);
        }
        if ((flags & END_STREAM) != 0) {
            over("ended");
        }
    }

    /// Takes one message, or what there is of it.
    private void take(ByteBuf in, int end) {
        if (body == LoopTools.NOTHING) {
            int more = Math.min(head.length - headFill, end - in.readerIndex());
            in.readBytes(head, headFill, more);
            headFill += more;
            if (headFill < head.length) {
                return;
            }
            int size = ((head[1] & 255) << 24) | ((head[2] & 255) << 16) | ((head[3] & 255) << 8) | (head[4] & 255);
            if (head[0] != 0 || size < 0 || size > MAX_MESSAGE) {
                over("a message that is compressed or of " + size + " bytes");
                return;
            }
            if (end - in.readerIndex() >= size) {
                byte[] scratch = tools.scratch(size);
                in.readBytes(scratch, 0, size);
                headFill = 0;
                receiver.message(scratch, 0, size);
                return;
            }
            body = new byte[size];
            bodyFill = 0;
        }
        int more = Math.min(body.length - bodyFill, end - in.readerIndex());
        in.readBytes(body, bodyFill, more);
        bodyFill += more;
        if (bodyFill == body.length) {
            byte[] whole = body;
            body = LoopTools.NOTHING;
            headFill = 0;
            receiver.message(whole, 0, whole.length);
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        if (!closed) {
            flush();
            receiver.rested();
        }
        // Not the superclass's: it would read on where reading was stopped, because nothing is passed on from here.
        discardSomeReadBytes();
        ctx.fireChannelReadComplete();
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) throws Exception {
        over("the connection broke");
        super.channelInactive(ctx);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        over(cause.toString());
    }

    /// Whether anything is taken from the socket; what its buffers hold waits there.
    void reading(boolean on) {
        java.util.Objects.requireNonNull(context).channel().config().setAutoRead(on);
    }

    /// Says goodbye (TLS close, FIN) or, as a machine that dies, says nothing (RST).
    void close(boolean politely) {
        ChannelHandlerContext open = context;
        if (open != null) {
            if (!politely) {
                open.channel().config().setOption(io.netty.channel.ChannelOption.SO_LINGER, 0);
                closed = true;
                open.channel().unsafe().closeForcibly();
                closed = false;
            }
            over("closed by the client");
        }
    }

    private void over(String why) {
        if (closed) {
            return;
        }
        closed = true;
        for (ByteBuf buffer : Arrays.asList(out, pending, block)) {
            if (buffer != null) {
                buffer.release();
            }
        }
        out = null;
        pending = null;
        block = null;
        var _ = java.util.Objects.requireNonNull(context).close();
        receiver.closed(why);
    }
}
