package io.higuma.xds.grpc;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http2.Http2ConnectionHandler;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One connection of the port for data planes. Stands behind TLS and before the server's own handlers, and looks at
/// the first request: if it calls a method of ours, the connection is a [GrpcTransport]'s from here on; else it is the
/// server's.
///
/// A connection of the server that nobody uses is closed: over HTTP/2 it is in use while it has a stream; over
/// HTTP/1.1, while bytes come.
final class GrpcConnection extends ChannelDuplexHandler {

    private static final Logger log = LoggerFactory.getLogger(GrpcConnection.class);

    private final GrpcPort port;
    /// Until it is known whose the connection is.
    private @Nullable FirstRequest first = new FirstRequest();
    private final long idleNanos;
    private long lastUse = System.nanoTime();
    private @Nullable GrpcTransport transport;
    private @Nullable Http2ConnectionHandler http2;
    private @Nullable Future<?> timer;

    GrpcConnection(GrpcPort port) {
        this.port = port;
        this.idleNanos = port.limits().idle().toNanos();
    }

    @Override
    public void handlerAdded(ChannelHandlerContext context) {
        watch(context, idleNanos);
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext context) {
        FirstRequest looking = first;
        if (looking != null) {
            looking.release();
        }
        stopWatching();
    }

    private void stopWatching() {
        Future<?> running = timer;
        if (running != null) {
            running.cancel(false);
        }
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        GrpcTransport ours = transport;
        if (ours != null) {
            ours.read((ByteBuf) message);
            return;
        }
        lastUse = System.nanoTime();
        FirstRequest looking = first;
        Http2ConnectionHandler handler =
                looking == null ? null : context.pipeline().get(Http2ConnectionHandler.class);
        if (looking == null) {
            context.fireChannelRead(message);
        } else if (handler == null) {
            leave(context, looking, (ByteBuf) message);
        } else {
            http2 = handler;
            decide(context, looking, looking.add(context, (ByteBuf) message));
        }
    }

    private void decide(ChannelHandlerContext context, FirstRequest looking, FirstRequest.Seen seen) {
        switch (seen) {
            case FirstRequest.Seen.Nothing nothing -> {}
            case FirstRequest.Seen.Request(CharSequence path)
            when port.method(path).isPresent() -> take(context, looking);
            case FirstRequest.Seen.Request other -> leave(context, looking, looking.bytes());
            case FirstRequest.Seen.Unclear unclear -> leave(context, looking, looking.bytes());
        }
    }

    /// The connection is the server's.
    private void leave(ChannelHandlerContext context, FirstRequest looking, ByteBuf bytes) {
        first = null;
        looking.release();
        context.fireChannelRead(bytes);
    }

    /// Of the server's handlers only TLS stays. The one for HTTP/2 has sent its SETTINGS by now, which are those of
    /// [GrpcPort], and has read nothing.
    private void take(ChannelHandlerContext context, FirstRequest looking) {
        stopWatching();
        first = null;
        http2 = null;
        ChannelPipeline pipeline = context.pipeline();
        for (ChannelHandler each : pipeline.toMap().values()) {
            if (each != this && !(each instanceof SslHandler)) {
                pipeline.remove(each);
            }
        }
        GrpcTransport ours = new GrpcTransport(port, context);
        transport = ours;
        ours.read(looking.bytes());
        looking.release();
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) {
        GrpcTransport ours = transport;
        if (ours == null) {
            context.fireChannelReadComplete();
        } else {
            ours.flush();
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        GrpcTransport ours = transport;
        if (ours != null) {
            ours.closed();
        }
        context.fireChannelInactive();
    }

    @Override
    public void close(ChannelHandlerContext context, ChannelPromise promise) {
        GrpcTransport ours = transport;
        if (ours != null && context.channel().isActive()) {
            ours.goAway();
        }
        var _ = context.close(promise);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        if (transport == null) {
            context.fireExceptionCaught(cause);
            return;
        }
        if (cause instanceof IOException) {
            log.atDebug().setCause(cause).log("a connection broke");
        } else {
            log.atError().setCause(cause).log("a connection failed; others go on");
        }
        var _ = context.close();
    }

    private void watch(ChannelHandlerContext context, long nanos) {
        timer = context.channel().eventLoop().schedule(() -> look(context), nanos, TimeUnit.NANOSECONDS);
    }

    private void look(ChannelHandlerContext context) {
        Http2ConnectionHandler handler = http2;
        long quiet = System.nanoTime() - lastUse;
        if (first == null && handler != null && handler.connection().numActiveStreams() > 0) {
            lastUse = System.nanoTime();
            watch(context, idleNanos);
        } else if (quiet < idleNanos) {
            watch(context, idleNanos - quiet);
        } else {
            var _ = context.channel().close();
        }
    }
}
