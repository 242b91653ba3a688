package io.higuma.controlplane.server;

import com.linecorp.armeria.common.Flags;
import com.linecorp.armeria.common.util.TransportType;
import com.linecorp.armeria.server.ServerBuilder;
import io.netty.channel.ChannelOption;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.socket.nio.NioChannelOption;
import jdk.net.ExtendedSocketOptions;

/// TCP keepalive (RFC 9293, 3.8.4): the kernel asks a silent peer whether it is still there. So the
/// connection of a host that is gone ends after half a minute, and a thousand proxies with nothing to
/// say cost nothing. The kernel does not ask while bytes wait to be acknowledged: these have the same
/// half minute (RFC 5482), except on the JDK's own transport, which cannot say so; there pings tell.
final class Keepalive {

    private static final int QUIET_SECONDS = 15;
    private static final int INTERVAL_SECONDS = 5;
    private static final int PROBES = 3;
    private static final int UNACKNOWLEDGED_MILLIS = 30_000;

    private Keepalive() {}

    static void addTo(ServerBuilder server) {
        server.childChannelOption(ChannelOption.SO_KEEPALIVE, true);
        if (Flags.transportType() == TransportType.EPOLL) {
            server.childChannelOption(EpollChannelOption.TCP_KEEPIDLE, QUIET_SECONDS)
                    .childChannelOption(EpollChannelOption.TCP_KEEPINTVL, INTERVAL_SECONDS)
                    .childChannelOption(EpollChannelOption.TCP_KEEPCNT, PROBES)
                    .childChannelOption(EpollChannelOption.TCP_USER_TIMEOUT, UNACKNOWLEDGED_MILLIS);
        } else {
            server.childChannelOption(NioChannelOption.of(ExtendedSocketOptions.TCP_KEEPIDLE), QUIET_SECONDS)
                    .childChannelOption(NioChannelOption.of(ExtendedSocketOptions.TCP_KEEPINTERVAL), INTERVAL_SECONDS)
                    .childChannelOption(NioChannelOption.of(ExtendedSocketOptions.TCP_KEEPCOUNT), PROBES);
        }
    }
}
