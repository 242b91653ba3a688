package io.higuma.dataplane.agent;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.Arrays;
import java.util.concurrent.Semaphore;
import java.util.concurrent.locks.LockSupport;

/// Questions over UDP at one address.
final class Datagrams implements AutoCloseable {

    private static final int LONGEST = 65_535;
    private static final long PAUSE_NANOS = 10_000_000;

    private final DatagramSocket socket;
    private final InetAddress address;
    private final Desk desk;
    private final Callers callers;
    private final Semaphore room;

    /// @param room how many questions may be at work at once, those over the limit are dropped and asked again
    /// @throws IOException if the address cannot be had
    Datagrams(InetSocketAddress address, Desk desk, Callers callers, Semaphore room) throws IOException {
        this.address = address.getAddress();
        this.desk = desk;
        this.callers = callers;
        this.room = room;
        socket = new DatagramSocket(null);
        // Beside the one for all addresses, which may be bound as well
        socket.setReuseAddress(true);
        try {
            socket.bind(address);
        } catch (IOException e) {
            socket.close();
            throw e;
        }
    }

    int port() {
        return socket.getLocalPort();
    }

    void start() {
        Thread.ofPlatform().daemon().name("higuma-dns-udp").start(this::receive);
    }

    private void receive() {
        DatagramPacket question = new DatagramPacket(new byte[LONGEST], LONGEST);
        while (!socket.isClosed()) {
            question.setLength(LONGEST);
            try {
                socket.receive(question);
                SocketAddress caller = question.getSocketAddress();
                if (callers.mayAsk(address, question.getAddress()) && room.tryAcquire()) {
                    byte[] message = Arrays.copyOf(question.getData(), question.getLength());
                    Thread.startVirtualThread(() -> answer(message, caller));
                }
            } catch (IOException closedOrUnreachable) {
                LockSupport.parkNanos(PAUSE_NANOS);
            }
        }
    }

    private void answer(byte[] message, SocketAddress caller) {
        try {
            byte[] reply = desk.answer(message, true).orElse(new byte[0]);
            if (reply.length > 0) {
                socket.send(new DatagramPacket(reply, reply.length, caller));
            }
        } catch (IOException gone) {
            // Whoever asked does not listen any more.
            return;
        } finally {
            room.release();
        }
    }

    @Override
    public void close() {
        socket.close();
    }
}
