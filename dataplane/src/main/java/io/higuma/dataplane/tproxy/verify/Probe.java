package io.higuma.dataplane.tproxy.verify;

import io.higuma.dataplane.sys.ThreadIdentity;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/// One connection, opened to see where it goes.
final class Probe {

    /// A redirected connection stays on this host and is accepted at once; a second is plenty.
    private static final int AT_ONCE_MILLIS = 1000;

    private Probe() {}

    enum Fate {
        CAPTURED,
        LEFT_ALONE,
        NO_ROUTE
    }

    /// Connects, and looks whether this host accepted it on the port.
    ///
    /// @param user who opens it; empty: whoever this process is
    static Fate connect(InetSocketAddress to, Optional<Integer> user, int port) throws IOException {
        return inThread(() -> {
            if (user.isPresent()) {
                ThreadIdentity.socketsOf(user.get());
            }
            return connectHere(to, port, AT_ONCE_MILLIS);
        });
    }

    /// The same in this thread.
    static Fate connectHere(InetSocketAddress to, int port, int patienceMillis) throws IOException {
        try (SocketChannel channel = SocketChannel.open();
                Selector selector = Selector.open()) {
            channel.configureBlocking(false);
            boolean connected;
            try {
                connected = channel.connect(to);
            } catch (SocketException noWayOut) {
                return Fate.NO_ROUTE;
            }
            try {
                channel.register(selector, SelectionKey.OP_CONNECT);
                long end = System.nanoTime() + patienceMillis * 1_000_000L;
                while (!connected && System.nanoTime() < end) {
                    selector.select(patienceMillis);
                    connected = channel.finishConnect();
                }
            } catch (SocketException refusedElsewhere) {
                return Fate.LEFT_ALONE;
            }
            if (!connected) {
                return Fate.LEFT_ALONE;
            }
            int mine = ((InetSocketAddress) channel.getLocalAddress()).getPort();
            return SocketTable.accepted(port, mine) ? Fate.CAPTURED : Fate.LEFT_ALONE;
        }
    }

    /// In a platform thread of its own, which may become something that the others are not.
    static <T> T inThread(Callable<T> work) throws IOException {
        FutureTask<T> task = new FutureTask<>(work);
        Thread.ofPlatform().name("higuma-probe").start(task);
        try {
            return task.get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof IOException failed) {
                throw failed;
            }
            throw new IOException(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }
}
