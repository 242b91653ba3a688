package io.higuma.xds.grpc;

import io.netty.channel.Channel;
import io.netty.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/// Closes a connection that nobody uses, and one whose client hangs: asked with a PING after an interval in which
/// nothing came, it has as long again to say anything. A client that talks is not asked. Owner: the event loop of the
/// connection.
final class Liveness {

    /// Moments of an interval at which connections are looked at: four a second by default. A process with
    /// a thousand quiet connections wakes for some of them together, not for each, which is most of what
    /// it does; for too many of them at once others would wait.
    private static final int MOMENTS = 240;

    private final Channel channel;
    private final BooleanSupplier inUse;
    private final Runnable ask;
    private final long idleNanos;
    private final long pingNanos;
    private Future<?> pings;
    private Future<?> idle;
    private long lastUse;
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
        this.pingNanos = limits.ping().toNanos();
        this.lastUse = now();
        this.pings = lookLater();
        this.idle = watch(idleNanos);
    }

    private long now() {
        return channel.eventLoop().ticker().nanoTime();
    }

    /// Closes the connection when it was not used for that long; one in use is not watched.
    private Future<?> watch(long nanos) {
        return channel.eventLoop()
                .schedule(
                        () -> {
                            if (inUse.getAsBoolean()) {
                                return;
                            }
                            long quiet = now() - lastUse;
                            if (quiet >= idleNanos) {
                                var _ = channel.close();
                            } else {
                                idle = watch(idleNanos - quiet);
                            }
                        },
                        nanos,
                        TimeUnit.NANOSECONDS);
    }

    private void watchIfUnused() {
        if (idle.isDone() && !inUse.getAsBoolean()) {
            idle = watch(idleNanos);
        }
    }

    private Future<?> lookLater() {
        return channel.eventLoop().schedule(this::look, untilMoment(now(), pingNanos), TimeUnit.NANOSECONDS);
    }

    /// How long it is to the last moment that all connections share and that is not later than an interval from now.
    static long untilMoment(long now, long interval) {
        long apart = Math.max(1, interval / MOMENTS);
        return interval - Math.floorMod(now + interval, apart);
    }

    private void look() {
        if (!heard && asked) {
            var _ = channel.close();
            return;
        }
        pings = lookLater();
        // A call that is over but for what the client does not read has told nobody.
        watchIfUnused();
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
        lastUse = now();
        watchIfUnused();
    }

    void stop() {
        pings.cancel(false);
        idle.cancel(false);
    }
}
