package io.higuma.dataplane.agent;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.concurrent.Semaphore;
import java.util.concurrent.locks.LockSupport;

/// Questions over TCP at one address (RFC 7766): any number after each other on a connection, answered in turn.
final class Streams implements AutoCloseable {

    private static final int WAITING = 128;
    private static final int IDLE_MILLIS = 10_000;
    /// After a call that could not be taken: the process may be out of descriptors.
    private static final long PAUSE_NANOS = 10_000_000;

    private final ServerSocket server;
    private final Desk desk;
    private final Callers callers;
    private final Semaphore room;

    /// @param room how many connections there may be at once, those over the limit are closed
    /// @throws IOException if the address cannot be had
    Streams(InetSocketAddress address, Desk desk, Callers callers, Semaphore room) throws IOException {
        this.desk = desk;
        this.callers = callers;
        this.room = room;
        server = new ServerSocket();
        try {
            server.bind(address, WAITING);
        } catch (IOException e) {
            server.close();
            throw e;
        }
    }

    void start() {
        Thread.ofPlatform().daemon().name("higuma-dns-tcp").start(this::accept);
    }

    private void accept() {
        while (!server.isClosed()) {
            try {
                Socket caller = server.accept();
                if (callers.mayAsk(caller.getLocalAddress(), caller.getInetAddress()) && room.tryAcquire()) {
                    Thread.startVirtualThread(() -> serve(caller));
                } else {
                    caller.close();
                }
            } catch (IOException closedOrNoDescriptor) {
                LockSupport.parkNanos(PAUSE_NANOS);
            }
        }
    }

    private void serve(Socket caller) {
        try (caller) {
            caller.setSoTimeout(IDLE_MILLIS);
            caller.setTcpNoDelay(true);
            DataInputStream in = new DataInputStream(caller.getInputStream());
            DataOutputStream out = new DataOutputStream(caller.getOutputStream());
            while (true) {
                byte[] reply = desk.answer(Upstream.read(in), false).orElse(new byte[0]);
                if (reply.length == 0) {
                    return;
                }
                Upstream.write(out, reply);
            }
        } catch (IOException ended) {
            // It has all its answers, or does not want them.
            return;
        } finally {
            room.release();
        }
    }

    @Override
    public void close() throws IOException {
        server.close();
    }
}
