package io.higuma.xds.grpc;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.netty.handler.codec.http2.DefaultHttp2FrameReader;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2FrameAdapter;
import io.netty.handler.codec.http2.Http2Headers;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/// Looks for the first request of a client's HTTP/2 connection, and keeps all that was read for whoever gets the
/// connection. Owner: the event loop of the connection.
final class FirstRequest {

    /// What is known so far.
    sealed interface Seen {
        /// Too little to say.
        record Nothing() implements Seen {}

        /// The path of the first request; empty if it has none.
        record Request(CharSequence path) implements Seen {}

        /// No HTTP/2, or too much before the first request.
        record Unclear() implements Seen {}
    }

    /// RFC 9113, 3.4.
    static final byte[] PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

    /// Room for a preface, settings, and the headers of a request.
    private static final int PATIENCE = 64 << 10;

    private final DefaultHttp2FrameReader reader = new DefaultHttp2FrameReader();
    private ByteBuf kept = Unpooled.EMPTY_BUFFER;
    /// Up to where `kept` was looked at.
    private int looked;
    private @Nullable CharSequence path;

    /// More bytes came; they are released with the others.
    Seen add(ChannelHandlerContext context, ByteBuf bytes) {
        kept = ByteToMessageDecoder.MERGE_CUMULATOR.cumulate(context.alloc(), kept, bytes);
        int known = Math.min(PREFACE.length, kept.readableBytes());
        for (int i = 0; i < known; i++) {
            if (kept.getByte(kept.readerIndex() + i) != PREFACE[i]) {
                return new Seen.Unclear();
            }
        }
        return known < PREFACE.length ? new Seen.Nothing() : look(context, Math.max(looked, known));
    }

    private Seen look(ChannelHandlerContext context, int from) {
        ByteBuf rest = kept.slice(kept.readerIndex() + from, kept.readableBytes() - from);
        try {
            // A frame is read when all of it is there: its head is remembered, its bytes stay.
            reader.readFrame(context, rest, new Http2FrameAdapter() {
                @Override
                public void onHeadersRead(
                        ChannelHandlerContext ctx, int stream, Http2Headers headers, int padding, boolean end) {
                    see(headers);
                }

                @Override
                public void onHeadersRead(
                        ChannelHandlerContext ctx,
                        int stream,
                        Http2Headers headers,
                        int dependency,
                        short weight,
                        boolean exclusive,
                        int padding,
                        boolean end) {
                    see(headers);
                }
            });
        } catch (Http2Exception e) {
            return path == null ? new Seen.Unclear() : new Seen.Request(path);
        }
        looked = kept.readableBytes() - rest.readableBytes();
        if (path != null) {
            return new Seen.Request(path);
        }
        return kept.readableBytes() > PATIENCE ? new Seen.Unclear() : new Seen.Nothing();
    }

    private void see(Http2Headers headers) {
        if (path == null) {
            path = headers.path() == null ? "" : headers.path();
        }
    }

    /// All that was read, once; the caller releases it.
    ByteBuf bytes() {
        ByteBuf all = kept;
        kept = Unpooled.EMPTY_BUFFER;
        return all;
    }

    void release() {
        reader.close();
        bytes().release();
    }
}
