package io.higuma.testkit.net;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/// A TCP service that knows nothing of the mesh: it sends back every byte it gets.
public final class Echo implements AutoCloseable {

    private static final int PATIENCE_MILLIS = 5_000;

    private final ServerSocket server;

    private Echo(ServerSocket server) {
        this.server = server;
    }

    /// @param address its port may be 0: see [#port]
    public static Echo start(InetSocketAddress address) throws IOException {
        ServerSocket socket = new ServerSocket();
        socket.bind(address);
        Echo echo = new Echo(socket);
        Thread.ofVirtual().name("echo").start(echo::accept);
        return echo;
    }

    public int port() {
        return server.getLocalPort();
    }

    /// Says a word over a connection of its own and returns what comes back; empty if the connection is closed
    /// instead.
    public static String say(String host, int port, String word) throws IOException {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(host, port), PATIENCE_MILLIS);
            socket.setSoTimeout(PATIENCE_MILLIS);
            byte[] bytes = word.getBytes(StandardCharsets.UTF_8);
            try {
                socket.getOutputStream().write(bytes);
                return new String(socket.getInputStream().readNBytes(bytes.length), StandardCharsets.UTF_8);
            } catch (java.net.SocketTimeoutException silent) {
                throw silent;
            } catch (IOException reset) {
                return "";
            }
        }
    }

    @Override
    public void close() {
        try {
            server.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void accept() {
        while (!server.isClosed()) {
            try {
                Socket socket = server.accept();
                Thread.ofVirtual().start(() -> serve(socket));
            } catch (IOException closed) {
                return;
            }
        }
    }

    private static void serve(Socket socket) {
        try (socket) {
            socket.getInputStream().transferTo(socket.getOutputStream());
        } catch (IOException gone) {
            // the other end went away: nothing more to send back
        }
    }
}
