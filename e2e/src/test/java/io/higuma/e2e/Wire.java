package io.higuma.e2e;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// The wire over which Envoys speak to the control plane. What comes from the control plane can be held back and let
/// through piece by piece, and the wire can be cut.
final class Wire implements AutoCloseable {

    private static final int PIECE = 1 << 16;

    private final ServerSocket server;
    private final Set<Socket> ends = ConcurrentHashMap.newKeySet();
    private volatile int target;
    private boolean held;
    /// How many pieces came since it is held, and how many of them may go on.
    private int came;

    private int passed;

    private Wire() throws IOException {
        this.server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        Thread.ofVirtual().start(this::accept);
    }

    /// One that leads nowhere yet.
    static Wire open() throws IOException {
        return new Wire();
    }

    /// @param port of this host; 0 for nowhere
    void leadTo(int port) {
        target = port;
    }

    int port() {
        return server.getLocalPort();
    }

    private void accept() {
        while (!server.isClosed()) {
            try {
                Socket near = server.accept();
                ends.add(near);
                Socket far = new Socket(InetAddress.getLoopbackAddress(), target);
                ends.add(far);
                Thread.ofVirtual().start(() -> carry(near, far, false));
                Thread.ofVirtual().start(() -> carry(far, near, true));
            } catch (IOException e) {
                cut(); // it is closed, or leads nowhere
            }
        }
    }

    private void carry(Socket from, Socket to, boolean mayBeHeld) {
        byte[] piece = new byte[PIECE];
        try (from;
                to) {
            for (int size = from.getInputStream().read(piece);
                    size > 0;
                    size = from.getInputStream().read(piece)) {
                if (mayBeHeld) {
                    awaitTurn();
                }
                to.getOutputStream().write(piece, 0, size);
            }
        } catch (IOException e) {
            return; // one end is gone, and now the other is too
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            ends.remove(from);
            ends.remove(to);
        }
    }

    private synchronized void awaitTurn() throws InterruptedException {
        int mine = came++;
        while (held && mine >= passed) {
            wait();
        }
    }

    /// From here on what comes from the control plane waits.
    synchronized void hold() {
        held = true;
        came = 0;
        passed = 0;
    }

    /// How many pieces wait.
    synchronized int waiting() {
        return came - passed;
    }

    /// Lets the piece through that has waited longest, if one waits.
    synchronized void pass() {
        if (came > passed) {
            passed++;
            notifyAll();
        }
    }

    /// Breaks all connections; what waited is lost. New ones can be made.
    void cut() {
        for (Socket end : ends) {
            try {
                end.close();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        synchronized (this) {
            held = false;
            notifyAll();
        }
    }

    @Override
    public void close() throws IOException {
        server.close();
        cut();
    }
}
