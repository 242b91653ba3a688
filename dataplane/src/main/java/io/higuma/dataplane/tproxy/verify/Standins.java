package io.higuma.dataplane.tproxy.verify;

import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.DatagramChannel;
import java.nio.channels.ServerSocketChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Listens where Envoy should and does not, so that what is captured arrives somewhere.
final class Standins implements AutoCloseable {

    private static final int DATAGRAM = 2048;
    private static final int ANSWER_BIT = 0x80;

    private final List<AutoCloseable> open = new ArrayList<>();
    private final List<Integer> ports = new ArrayList<>();
    private boolean answers;

    /// Accepts connections on the port, if nobody else does.
    void accept(int port) throws IOException {
        if (SocketTable.isListening(port)) {
            return;
        }
        try {
            ServerSocketChannel server = ServerSocketChannel.open();
            open.add(server);
            server.bind(new InetSocketAddress(port), 128);
            ports.add(port);
        } catch (BindException somebodyElse) {
            // It came in between; all the better.
            return;
        }
    }

    /// Answers datagrams on the port by sending them back, if nobody else listens there. An answer must come from the
    /// address that was asked, hence one socket for each loopback address.
    void answer(int port, List<String> addresses) throws IOException {
        for (String address : addresses) {
            Optional<DatagramChannel> bound = bind(new InetSocketAddress(address, port));
            if (bound.isPresent()) {
                open.add(bound.get());
                ports.add(port);
                answers = true;
                Thread.ofPlatform().daemon().name("higuma-answer").start(() -> answerAll(bound.get()));
            }
        }
    }

    private static Optional<DatagramChannel> bind(InetSocketAddress address) throws IOException {
        DatagramChannel channel = DatagramChannel.open();
        try {
            return Optional.of(channel.bind(address));
        } catch (IOException takenOrAbsent) {
            channel.close();
            return Optional.empty();
        }
    }

    private static void answerAll(DatagramChannel channel) {
        ByteBuffer buffer = ByteBuffer.allocate(DATAGRAM);
        try {
            while (true) {
                buffer.clear();
                SocketAddress from = channel.receive(buffer);
                buffer.flip();
                if (buffer.limit() > 2) {
                    buffer.put(2, (byte) (buffer.get(2) | ANSWER_BIT));
                    channel.send(buffer, from);
                }
            }
        } catch (ClosedChannelException done) {
            return;
        } catch (IOException broken) {
            throw new java.io.UncheckedIOException(broken);
        }
    }

    /// The ports at which nobody else was.
    List<Integer> ports() {
        return ports.stream().distinct().toList();
    }

    /// Whether nobody else answered datagrams.
    boolean answers() {
        return answers;
    }

    @Override
    public void close() {
        for (AutoCloseable socket : open) {
            try {
                socket.close();
            } catch (Exception e) {
                throw new IllegalStateException("a socket cannot be closed", e);
            }
        }
    }
}
