package io.higuma.xds.grpc;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http2.DefaultHttp2FrameReader;
import io.netty.handler.codec.http2.DefaultHttp2FrameWriter;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2FrameAdapter;
import io.netty.handler.codec.http2.Http2FrameWriter;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2Settings;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// A client of one [GrpcTransport], down to the frames, and the transport. Its method `/echo` answers every byte with
/// itself, and ends its call with the client's; `/deaf` reads nothing.
final class Peer implements AutoCloseable {

    static final PortLimits LIMITS = PortLimits.DEFAULT;

    private final Outgoing outgoing = new Outgoing();
    private final Http2FrameWriter frames = new DefaultHttp2FrameWriter();
    private final DefaultHttp2FrameReader reader = new DefaultHttp2FrameReader();
    private final ByteBuf came = Unpooled.buffer();
    private final List<String> heard = new ArrayList<>();
    private final StringBuilder echoed = new StringBuilder();
    final List<String> ended = new ArrayList<>();
    final EmbeddedChannel server;

    /// Writes one.
    interface Frame {
        ChannelFuture write(Http2FrameWriter frames, ChannelHandlerContext to);
    }

    /// Collects what the client writes.
    private static final class Outgoing {
        private final EmbeddedChannel channel = new EmbeddedChannel(new ChannelInboundHandlerAdapter());

        ChannelHandlerContext context() {
            return channel.pipeline().firstContext();
        }

        byte[] taken() {
            channel.flushOutbound();
            ByteBuf all = Unpooled.buffer();
            for (ByteBuf part = channel.readOutbound(); part != null; part = channel.readOutbound()) {
                all.writeBytes(part);
                part.release();
            }
            return ByteBufUtil.getBytes(all);
        }
    }

    private final class Echo implements GrpcCall {
        private final GrpcStream stream;

        Echo(GrpcStream stream) {
            this.stream = stream;
            stream.begin();
        }

        @Override
        public int read(ByteBuf data) {
            int size = data.readableBytes();
            stream.write(stream.buffer(size).writeBytes(data));
            return size;
        }

        @Override
        public void halfClosed() {
            stream.end(Optional.empty());
            closed();
        }

        @Override
        public void closed() {
            ended.add("a call");
        }
    }

    private static final class Deaf implements GrpcCall {
        @Override
        public int read(ByteBuf data) {
            return 0;
        }

        @Override
        public void halfClosed() {
            // it does not hear of that either
        }

        @Override
        public void closed() {
            // nor of this
        }
    }

    private static final class Standing extends ChannelInboundHandlerAdapter {
        private final GrpcPort port;
        private GrpcTransport transport;

        Standing(GrpcPort port) {
            this.port = port;
        }

        @Override
        public void handlerAdded(ChannelHandlerContext context) {
            transport = new GrpcTransport(port, context);
        }

        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            transport.read((ByteBuf) message);
        }

        @Override
        public void channelReadComplete(ChannelHandlerContext context) {
            transport.flush();
        }

        @Override
        public void channelInactive(ChannelHandlerContext context) {
            transport.closed();
        }
    }

    Peer() {
        GrpcPort port = new GrpcPort(LIMITS);
        port.add("/echo", (stream, credential) -> new Echo(stream));
        port.add("/deaf", (stream, credential) -> new Deaf());
        server = new EmbeddedChannel(new Standing(port));
    }

    /// The bytes of frames, as the client would write them.
    byte[] bytes(Frame writing) {
        var _ = writing.write(frames, outgoing.context());
        return outgoing.taken();
    }

    /// Preface and settings.
    byte[] greeting() {
        byte[] settings = bytes((frames, to) -> frames.writeSettings(to, new Http2Settings(), to.newPromise()));
        return ByteBufUtil.getBytes(Unpooled.wrappedBuffer(FirstRequest.PREFACE, settings));
    }

    byte[] call(int stream, String path, boolean end) {
        Http2Headers headers = new DefaultHttp2Headers()
                .method("POST")
                .path(path)
                .scheme("https")
                .set("content-type", "application/grpc");
        return bytes((frames, to) -> frames.writeHeaders(to, stream, headers, 0, end, to.newPromise()));
    }

    byte[] data(int stream, String text, boolean end) {
        return bytes((frames, to) -> frames.writeData(
                to, stream, Unpooled.copiedBuffer(text, StandardCharsets.US_ASCII), 0, end, to.newPromise()));
    }

    /// Greets, and calls `/echo` on stream 1.
    Peer calling() {
        return send(greeting()).send(call(1, "/echo", false));
    }

    Peer send(byte[] bytes) {
        if (server.isOpen()) {
            server.writeInbound(Unpooled.copiedBuffer(bytes));
        }
        return this;
    }

    Peer send(Frame writing) {
        return send(bytes(writing));
    }

    /// What the server said since the last call, a line a frame; bytes of an echo are collected in [#echo].
    List<String> heard() throws Http2Exception {
        for (ByteBuf part = server.readOutbound(); part != null; part = server.readOutbound()) {
            came.writeBytes(part);
            part.release();
        }
        reader.readFrame(outgoing.context(), came, new Lines());
        List<String> lines = List.copyOf(heard);
        heard.clear();
        return lines;
    }

    String echo() {
        return echoed.toString();
    }

    private final class Lines extends Http2FrameAdapter {
        @Override
        public int onDataRead(ChannelHandlerContext context, int stream, ByteBuf data, int padding, boolean end) {
            heard.add(stream + " data " + data.readableBytes());
            echoed.append(data.toString(StandardCharsets.US_ASCII));
            return data.readableBytes() + padding;
        }

        @Override
        public void onHeadersRead(
                ChannelHandlerContext context, int stream, Http2Headers headers, int padding, boolean end) {
            heard.add(stream
                    + (headers.contains("grpc-status")
                            ? " grpc-status " + headers.get("grpc-status")
                            : " status " + headers.status())
                    + (end ? " end" : ""));
        }

        @Override
        public void onRstStreamRead(ChannelHandlerContext context, int stream, long code) {
            heard.add(stream + " reset " + Http2Error.valueOf(code));
        }

        @Override
        public void onSettingsAckRead(ChannelHandlerContext context) {
            heard.add("settings taken");
        }

        @Override
        public void onPingRead(ChannelHandlerContext context, long data) {
            heard.add("ping");
        }

        @Override
        public void onPingAckRead(ChannelHandlerContext context, long data) {
            heard.add("pong " + data);
        }

        @Override
        public void onWindowUpdateRead(ChannelHandlerContext context, int stream, int more) {
            heard.add(stream + " window " + more);
        }

        @Override
        public void onGoAwayRead(ChannelHandlerContext context, int last, long code, ByteBuf debug) {
            heard.add("go away " + Http2Error.valueOf(code));
        }
    }

    @Override
    public void close() {
        var _ = server.close();
        for (ByteBuf part = server.readOutbound(); part != null; part = server.readOutbound()) {
            part.release();
        }
        reader.close();
        frames.close();
        var _ = outgoing.channel.close();
    }
}
