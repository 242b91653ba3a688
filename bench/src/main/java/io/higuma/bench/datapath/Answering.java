package io.higuma.bench.datapath;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;

/// A server of HTTP/1.1 that answers every GET with the same bytes over connections that stay: one thread, no parsing
/// beyond the end of the headers, so that it is not what is measured.
final class Answering {

    private static final byte[] ANSWER = ("HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\ncontent-length: 128\r\n\r\n"
                    + "x".repeat(128))
            .getBytes(StandardCharsets.US_ASCII);

    private final Selector selector;
    private final ByteBuffer in = ByteBuffer.allocateDirect(16 << 10);

    Answering(InetSocketAddress address) throws IOException {
        selector = Selector.open();
        ServerSocketChannel server = ServerSocketChannel.open().bind(address, 512);
        server.configureBlocking(false);
        server.register(selector, SelectionKey.OP_ACCEPT);
    }

    /// Serves until the process ends.
    void serve() throws IOException {
        while (selector.isOpen()) {
            selector.select(this::handle);
        }
    }

    private void handle(SelectionKey key) {
        try {
            if (key.channel() instanceof ServerSocketChannel server) {
                SocketChannel accepted = server.accept();
                accepted.configureBlocking(false);
                accepted.setOption(StandardSocketOptions.TCP_NODELAY, true);
                accepted.register(selector, SelectionKey.OP_READ, new HeaderEnd());
            } else if (key.channel() instanceof SocketChannel channel && key.attachment() instanceof HeaderEnd ends) {
                read(channel, ends);
            }
        } catch (IOException gone) {
            close(key);
        }
    }

    private void read(SocketChannel channel, HeaderEnd ends) throws IOException {
        in.clear();
        if (channel.read(in) < 0) {
            channel.close();
            return;
        }
        in.flip();
        for (int requests = ends.count(in); requests > 0; requests--) {
            ByteBuffer answer = ByteBuffer.wrap(ANSWER);
            while (answer.hasRemaining()) {
                // One small answer is under way at a time: it fits into the socket
                int _ = channel.write(answer);
            }
        }
    }

    private static void close(SelectionKey key) {
        try {
            key.channel().close();
        } catch (IOException gone) {
            key.cancel();
        }
    }
}
