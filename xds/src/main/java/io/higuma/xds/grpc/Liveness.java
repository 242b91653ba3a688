package io.higuma.xds.grpc;

import io.netty.channel.Channel;
import io.netty.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/// Closes a connection that nobody uses, and one whose client hangs: asked with a PING after an interval in which
/// nothing came, it has as long again to say anything. A client that talks is not asked. Owner: the event loop of the
/// connection.
final class Liveness {

    private final Channel channel;
    private final BooleanSupplier inUse;
    private final Runnable ask;
    private final long idleNanos;
    private final Future<?> pings;
    private Future<?> idle;
    private long lastUse = System.nanoTime();
    /// Whether anything came since the last look, and whether we asked for a sign of life then.
    private boolean heard;

    private boolean asked;

    /// @param inUse whether there is a call
    /// @param ask sends a PING
    Liveness(Channel channel, PortLimits limits, BooleanSupplier inUse, Runnable ask) {
        this.channel = channel;
        this.inUse = inUse;
        this.ask = ask;
        this.idleNanos = limits.idle().toNanos();
        long ping = limits.ping().toNanos();
        this.pings = channel.eventLoop().scheduleWithFixedDelay(this::look, ping, ping, TimeUnit.NANOSECONDS);
        this.idle = watch(idleNanos);
    }

    private Future<?> watch(long nanos) {
        return channel.eventLoop()
                .schedule(
                        () -> {
                            long quiet = inUse.getAsBoolean() ? 0 : System.nanoTime() - lastUse;
                            if (quiet >= idleNanos) {
                                var _ = channel.close();
                            } else {
                                idle = watch(idleNanos - quiet);
                            }
                        },
                        nanos,
                        TimeUnit.NANOSECONDS);
    }

    private void look() {
        if (!heard && asked) {
            var _ = channel.close();
            return;
        }
        asked = !heard;
        heard = false;
        if (asked) {
            ask.run();
        }
    }

    /// Something came.
    void heard() {
        heard = true;
    }

    /// A call is over.
    void used() {
        lastUse = System.nanoTime();
    }

    void stop() {
        pings.cancel(false);
        idle.cancel(false);
    }
}
