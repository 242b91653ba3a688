package io.higuma.xds.grpc;

import io.higuma.xds.Node;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.netty.handler.codec.http2.DefaultHttp2FrameReader;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersDecoder;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Flags;
import io.netty.handler.codec.http2.Http2FrameListener;
import io.netty.handler.codec.http2.Http2FrameReader;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2Settings;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One HTTP/2 connection all of whose requests are gRPC calls (RFC 9113): frames are Netty's, streams and windows are
/// kept here, as far as a server needs them that pushes nothing and prefers nobody. Owner: the event loop of the
/// connection.
///
/// A thousand connections take turns on two cores, so what a message costs is what it touches: this, one [GrpcStream],
/// and the call.
///
/// A client that breaks the protocol, or sends more frames that only cost than an honest one would, hears GOAWAY with
/// the reason and is closed.
final class GrpcTransport implements Http2FrameListener {

    private static final Logger log = LoggerFactory.getLogger(GrpcTransport.class);

    private static final int HEADER_LIST_BYTES = 8192;
    private static final int STANDARD_WINDOW = 65_535;
    /// RFC 9113, 6.9.1.
    private static final int LARGEST_WINDOW = Integer.MAX_VALUE;
    /// Frames that bring nothing, within [#NUISANCE_NANOS].
    private static final int MAX_NUISANCE = 1_000;

    private static final long NUISANCE_NANOS = TimeUnit.SECONDS.toNanos(30);

    private final GrpcPort port;
    private final ChannelHandlerContext context;
    private final Http2FrameReader reader =
            new DefaultHttp2FrameReader(new DefaultHttp2HeadersDecoder(true, HEADER_LIST_BYTES));
    private final FrameWriter writer;
    private final Liveness liveness;
    private final Map<Integer, GrpcStream> streams = new HashMap<>(4);
    private ByteBuf unread = Unpooled.EMPTY_BUFFER;
    private boolean prefaced;
    private boolean reading;
    private boolean over;

    /// The newest stream that the client opened.
    private int newest;
    /// What we may send on the connection, and on a new stream.
    private long window = STANDARD_WINDOW;

    private int streamWindow = STANDARD_WINDOW;
    private int maxFrame = GrpcStream.SMALLEST_MAX_FRAME;
    /// Bytes that were consumed and not given back to the client's window of the connection.
    private int consumed;

    private int nuisance;
    private long nuisanceSince = System.nanoTime();

    /// @param context where what is written here goes out
    GrpcTransport(GrpcPort port, ChannelHandlerContext context) {
        this.port = port;
        this.context = context;
        this.writer = new FrameWriter(context);
        this.liveness = new Liveness(
                context.channel(),
                port.limits(),
                () -> streams.values().stream().anyMatch(stream -> !stream.isEnding()),
                () -> {
                    writer.ping(false, System.nanoTime());
                    writer.flush();
                });
        // The server's own handler may have announced its larger window, or not: more than that does no harm.
        writer.windowUpdate(0, GrpcPort.WINDOW_BYTES - STANDARD_WINDOW);
    }

    // ---- for the connection

    /// Bytes came, from the client's preface on; this releases them.
    void read(ByteBuf bytes) {
        liveness.heard();
        if (over) {
            bytes.release();
            return;
        }
        unread = ByteToMessageDecoder.MERGE_CUMULATOR.cumulate(context.alloc(), unread, bytes);
        reading = true;
        try {
            while ((prefaced || skipPreface()) && !readFrames()) {
                // a stream was reset; what came behind it is read on
            }
        } catch (Http2Exception e) {
            fail(e);
        } finally {
            reading = false;
        }
        if (!unread.isReadable() || over) {
            forgetUnread();
        }
    }

    /// @return false if the one that was read last was a fault of its stream
    private boolean readFrames() throws Http2Exception {
        try {
            reader.readFrame(context, unread, this);
            return true;
        } catch (Http2Exception.StreamException e) {
            bothers();
            writer.reset(e.streamId(), e.error());
            remove(e.streamId());
            return false;
        }
    }

    private boolean skipPreface() {
        if (unread.readableBytes() < FirstRequest.PREFACE.length) {
            return false;
        }
        unread.skipBytes(FirstRequest.PREFACE.length);
        prefaced = true;
        return true;
    }

    private void forgetUnread() {
        unread.release();
        unread = Unpooled.EMPTY_BUFFER;
    }

    private void fail(Http2Exception fault) {
        goAway(fault.error(), String.valueOf(fault.getMessage()));
        var _ = context.close();
    }

    /// We close the connection in peace.
    void goAway() {
        goAway(Http2Error.NO_ERROR, "");
    }

    private void goAway(Http2Error error, String reason) {
        if (!over) {
            over = true;
            writer.goAway(newest, error, reason);
            writer.flush();
        }
    }

    /// The connection is closed.
    void closed() {
        over = true;
        liveness.stop();
        List<GrpcStream> open = List.copyOf(streams.values());
        streams.clear();
        open.forEach(GrpcStream::closed);
        forgetUnread();
        reader.close();
        writer.close();
    }

    private void bothers() throws Http2Exception {
        long now = System.nanoTime();
        if (now - nuisanceSince > NUISANCE_NANOS) {
            nuisanceSince = now;
            nuisance = 0;
        }
        if (++nuisance > MAX_NUISANCE) {
            throw Http2Exception.connectionError(
                    Http2Error.ENHANCE_YOUR_CALM, "more than %d frames without use", MAX_NUISANCE);
        }
    }

    // ---- what streams write

    /// How much may leave on the connection now.
    long window() {
        return window;
    }

    int maxFrame() {
        return maxFrame;
    }

    void took(int bytes) {
        window -= bytes;
    }

    FrameWriter writer() {
        return writer;
    }

    /// Sends what was written; while the connection is being read that happens at the end of it.
    void flush() {
        if (!reading) {
            writer.flush();
        }
    }

    /// Opens the windows again for bytes that were read.
    void consumed(GrpcStream stream, int bytes) {
        consumed(bytes);
        stream.giveBack(bytes).ifPresent(more -> writer.windowUpdate(stream.id(), more));
    }

    private void consumed(int bytes) {
        consumed += bytes;
        if (consumed >= GrpcPort.WINDOW_BYTES / 2) {
            writer.windowUpdate(0, consumed);
            consumed = 0;
        }
    }

    /// What a stream has not read when it is over is read by nobody: the other streams have the window back.
    private void forget(GrpcStream stream) {
        liveness.used();
        consumed(stream.unread());
    }

    /// The stream is over for us; a client that has not ended its side is told to stop.
    void ended(GrpcStream stream) {
        if (streams.remove(stream.id(), stream)) {
            forget(stream);
            if (!stream.isHalfClosed()) {
                writer.reset(stream.id(), Http2Error.NO_ERROR);
            }
        }
    }

    private void remove(int id) {
        GrpcStream stream = streams.remove(id);
        if (stream != null) {
            forget(stream);
            stream.closed();
        }
    }

    // ---- what the client says

    @Override
    public void onHeadersRead(
            ChannelHandlerContext ignored,
            int id,
            Http2Headers headers,
            int dependency,
            short weight,
            boolean exclusive,
            int padding,
            boolean end)
            throws Http2Exception {
        onHeadersRead(ignored, id, headers, padding, end);
    }

    @Override
    public void onHeadersRead(ChannelHandlerContext ignored, int id, Http2Headers headers, int padding, boolean end)
            throws Http2Exception {
        GrpcStream known = streams.get(id);
        if (known != null) {
            if (!end) {
                throw Http2Exception.streamError(id, Http2Error.PROTOCOL_ERROR, "headers in the middle of a call");
            }
            known.halfClose();
            return;
        }
        bothers();
        if (id % 2 == 0) {
            throw Http2Exception.connectionError(Http2Error.PROTOCOL_ERROR, "a client's stream with number %d", id);
        }
        if (id > newest) {
            newest = id;
            open(id, headers, end);
        }
    }

    private void open(int id, Http2Headers headers, boolean end) throws Http2Exception {
        if (streams.size() >= GrpcPort.STREAMS_PER_CONNECTION) {
            throw Http2Exception.streamError(
                    id, Http2Error.REFUSED_STREAM, "more than %d calls", GrpcPort.STREAMS_PER_CONNECTION);
        }
        CharSequence type = headers.get("content-type");
        Optional<GrpcMethod> method = port.method(headers.path());
        boolean grpc = type != null && type.toString().startsWith("application/grpc");
        List<CharSequence> tokens = headers.getAll("authorization");
        if (!grpc) {
            // Other requests have connections of their own (RFC 9110, 15.5.20).
            refuse(id, status(method.isPresent() ? "415" : "421"), end);
            return;
        } else if (method.isEmpty()) {
            refuse(id, status(GrpcStatus.UNIMPLEMENTED, "no such method"), end);
            return;
        } else if (tokens.size() > 1) {
            refuse(id, status(GrpcStatus.UNAUTHENTICATED, "more than one authorization header"), end);
            return;
        }
        GrpcStream stream = new GrpcStream(this, context, id, streamWindow);
        streams.put(id, stream);
        stream.call(method.get()
                .open(
                        stream,
                        tokens.stream()
                                .map(CharSequence::toString)
                                .filter(token -> !token.isEmpty())
                                .findFirst()
                                .map(Node.Credential::new)));
        if (end) {
            stream.halfClose();
        }
    }

    private static Http2Headers status(String code) {
        return new DefaultHttp2Headers(false).status(code);
    }

    private static Http2Headers status(String grpc, String message) {
        return status("200")
                .set("content-type", "application/grpc")
                .set("grpc-status", grpc)
                .set("grpc-message", message);
    }

    private void refuse(int id, Http2Headers refusal, boolean end) {
        writer.headers(id, refusal, true);
        if (!end) {
            writer.reset(id, Http2Error.NO_ERROR);
        }
    }

    @Override
    public int onDataRead(ChannelHandlerContext ignored, int id, ByteBuf data, int padding, boolean end)
            throws Http2Exception {
        int size = data.readableBytes() + padding;
        if (size == 0 && !end) {
            bothers();
        }
        GrpcStream stream = streams.get(id);
        if (stream == null) {
            if (id > newest) {
                throw Http2Exception.connectionError(Http2Error.PROTOCOL_ERROR, "data of stream %d that is idle", id);
            }
            // Of a stream that is over for us, on the way when the client heard of it.
            consumed(size);
            return size;
        }
        stream.received(size);
        int read = stream.read(data);
        consumed(stream, read + padding);
        if (end) {
            stream.halfClose();
        }
        return size;
    }

    @Override
    public void onRstStreamRead(ChannelHandlerContext ignored, int id, long code) throws Http2Exception {
        bothers();
        if (id > newest) {
            throw Http2Exception.connectionError(Http2Error.PROTOCOL_ERROR, "reset of stream %d that is idle", id);
        }
        remove(id);
    }

    @Override
    public void onSettingsRead(ChannelHandlerContext ignored, Http2Settings settings) throws Http2Exception {
        bothers();
        Integer frame = settings.maxFrameSize();
        if (frame != null) {
            maxFrame = frame;
        }
        Long table = settings.headerTableSize();
        if (table != null) {
            writer.headerTable(table);
        }
        Integer initial = settings.initialWindowSize();
        if (initial != null) {
            long more = (long) initial - streamWindow;
            streamWindow = initial;
            for (GrpcStream stream : List.copyOf(streams.values())) {
                stream.widen(more);
            }
        }
        writer.settingsAck();
    }

    @Override
    public void onWindowUpdateRead(ChannelHandlerContext ignored, int id, int more) throws Http2Exception {
        if (id == 0) {
            if (window + more > LARGEST_WINDOW) {
                throw Http2Exception.connectionError(Http2Error.FLOW_CONTROL_ERROR, "a window beyond 2^31 - 1");
            }
            window += more;
            for (GrpcStream stream : List.copyOf(streams.values())) {
                stream.drain();
            }
            return;
        }
        GrpcStream stream = streams.get(id);
        if (stream != null) {
            stream.widen(more);
        }
    }

    @Override
    public void onPingRead(ChannelHandlerContext ignored, long data) throws Http2Exception {
        bothers();
        writer.ping(true, data);
    }

    @Override
    public void onPriorityRead(ChannelHandlerContext ignored, int id, int on, short weight, boolean exclusive)
            throws Http2Exception {
        bothers();
    }

    @Override
    public void onUnknownFrame(ChannelHandlerContext ignored, byte type, int id, Http2Flags flags, ByteBuf payload)
            throws Http2Exception {
        bothers();
    }

    @Override
    public void onPushPromiseRead(
            ChannelHandlerContext context, int id, int promised, Http2Headers headers, int padding)
            throws Http2Exception {
        throw Http2Exception.connectionError(Http2Error.PROTOCOL_ERROR, "a client cannot push");
    }

    @Override
    public void onSettingsAckRead(ChannelHandlerContext ignored) {
        // Our settings hold from the start: they allow more than the standard ones.
    }

    @Override
    public void onPingAckRead(ChannelHandlerContext ignored, long data) {
        // That anything came is the sign of life.
    }

    @Override
    public void onGoAwayRead(ChannelHandlerContext ignored, int last, long code, ByteBuf debug) {
        log.atDebug()
                .addKeyValue("code", code)
                .addKeyValue("reason", debug.toString(StandardCharsets.UTF_8))
                .log("a client will open no more calls on its connection");
    }
}
