package io.higuma.xds.grpc;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.Http2Connection;
import io.netty.handler.codec.http2.Http2ConnectionHandler;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2FrameListener;
import io.netty.handler.codec.http2.Http2FrameListenerDecorator;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2Stream;
import org.jspecify.annotations.Nullable;

/// Takes the frames of our methods' streams as they are decoded; those of all other streams go on to the server. Owner:
/// the event loop of the connection.
final class GrpcFrames extends Http2FrameListenerDecorator {

    private static final String UNSUPPORTED_MEDIA_TYPE = "415";

    private final GrpcPort port;
    private final Http2ConnectionHandler handler;
    private final Http2Connection.PropertyKey key;

    /// @param server hears of everything that is not a method of ours
    GrpcFrames(GrpcPort port, Http2ConnectionHandler handler, Http2FrameListener server) {
        super(server);
        this.port = port;
        this.handler = handler;
        this.key = handler.connection().newKey();
    }

    /// For each stream of the connection, when it is over for whatever reason.
    void closed(Http2Stream stream) {
        GrpcCall call = stream.getProperty(key);
        if (call != null) {
            call.closed();
        }
    }

    private @Nullable GrpcCall call(int id) {
        Http2Stream stream = handler.connection().stream(id);
        return stream == null ? null : stream.getProperty(key);
    }

    @Override
    public void onHeadersRead(ChannelHandlerContext context, int id, Http2Headers headers, int padding, boolean end)
            throws Http2Exception {
        if (!taken(context, id, headers, end)) {
            super.onHeadersRead(context, id, headers, padding, end);
        }
    }

    @Override
    public void onHeadersRead(
            ChannelHandlerContext context,
            int id,
            Http2Headers headers,
            int dependency,
            short weight,
            boolean exclusive,
            int padding,
            boolean end)
            throws Http2Exception {
        if (!taken(context, id, headers, end)) {
            super.onHeadersRead(context, id, headers, dependency, weight, exclusive, padding, end);
        }
    }

    private boolean taken(ChannelHandlerContext context, int id, Http2Headers headers, boolean end) {
        GrpcCall running = call(id);
        Http2Stream stream = handler.connection().stream(id);
        if (running == null) {
            var method = port.method(headers.path());
            if (method.isEmpty() || stream == null) {
                return false;
            }
            CharSequence type = headers.get("content-type");
            if (type == null || !type.toString().startsWith("application/grpc")) {
                Http2Headers refusal = new DefaultHttp2Headers(false).status(UNSUPPORTED_MEDIA_TYPE);
                var _ = handler.encoder().writeHeaders(context, id, refusal, 0, true, context.newPromise());
                return true;
            }
            running = method.get()
                    .open(
                            new GrpcStream(context, handler, stream),
                            headers.getAll("authorization").stream()
                                    .map(CharSequence::toString)
                                    .toList());
            stream.setProperty(key, running);
        }
        if (end) {
            running.halfClosed();
        }
        return true;
    }

    @Override
    public int onDataRead(ChannelHandlerContext context, int id, ByteBuf data, int padding, boolean end)
            throws Http2Exception {
        GrpcCall call = call(id);
        if (call == null) {
            return super.onDataRead(context, id, data, padding, end);
        }
        int read = call.read(data);
        if (end) {
            call.halfClosed();
        }
        return read + padding;
    }

    @Override
    public void onRstStreamRead(ChannelHandlerContext context, int id, long code) throws Http2Exception {
        if (call(id) == null) {
            super.onRstStreamRead(context, id, code);
        }
    }
}
