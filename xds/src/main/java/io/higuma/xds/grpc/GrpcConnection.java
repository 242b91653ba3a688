package io.higuma.xds.grpc;

import static java.util.Objects.requireNonNull;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http2.Http2ConnectionAdapter;
import io.netty.handler.codec.http2.Http2ConnectionHandler;
import io.netty.handler.codec.http2.Http2Stream;
import io.netty.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// One connection of the port for data planes. Stands behind TLS and before the server's own handlers: as soon as the
/// server has put HTTP/2 there it lets [GrpcFrames] listen first, and goes. A connection that nobody uses is closed.
///
/// A connection is in use while it has a stream, of whatever service; over HTTP/1.1, while bytes come.
final class GrpcConnection extends ChannelInboundHandlerAdapter {

    private final GrpcPort port;
    private final long idleNanos;
    private long lastUse = System.nanoTime();
    private @Nullable Http2ConnectionHandler http2;
    private @Nullable Future<?> timer;

    GrpcConnection(GrpcPort port) {
        this.port = port;
        this.idleNanos = port.limits().idle().toNanos();
    }

    @Override
    public void handlerAdded(ChannelHandlerContext context) {
        watch(context, idleNanos);
        var _ = context.channel()
                .closeFuture()
                .addListener(closed -> requireNonNull(timer).cancel(false));
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        lastUse = System.nanoTime();
        Http2ConnectionHandler handler = context.pipeline().get(Http2ConnectionHandler.class);
        if (handler != null) {
            listen(handler);
            context.pipeline().remove(this);
        }
        context.fireChannelRead(message);
    }

    private void listen(Http2ConnectionHandler handler) {
        http2 = handler;
        GrpcFrames frames =
                new GrpcFrames(port, handler, requireNonNull(handler.decoder().frameListener()));
        handler.decoder().frameListener(frames);
        handler.connection().addListener(new Http2ConnectionAdapter() {
            @Override
            public void onStreamClosed(Http2Stream stream) {
                lastUse = System.nanoTime();
                frames.closed(stream);
            }
        });
    }

    private void watch(ChannelHandlerContext context, long nanos) {
        timer = context.channel().eventLoop().schedule(() -> look(context), nanos, TimeUnit.NANOSECONDS);
    }

    private void look(ChannelHandlerContext context) {
        Http2ConnectionHandler handler = http2;
        long quiet = System.nanoTime() - lastUse;
        if (handler != null && handler.connection().numActiveStreams() > 0) {
            watch(context, idleNanos);
        } else if (quiet < idleNanos) {
            watch(context, idleNanos - quiet);
        } else {
            var _ = context.channel().close();
        }
    }
}
