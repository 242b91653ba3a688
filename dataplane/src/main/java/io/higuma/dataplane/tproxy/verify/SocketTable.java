package io.higuma.dataplane.tproxy.verify;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// The TCP sockets of this host, from `/proc/net/tcp` and `tcp6` (proc(5)). A redirected connection has two ends on
/// this host: the caller's, and the one that was accepted; the second one's peer is the first.
final class SocketTable {

    private static final String LISTENING = "0A";

    private SocketTable() {}

    /// Whether a connection that came from this port was accepted on that one.
    static boolean accepted(int port, int callerPort) throws IOException {
        return sockets().stream().anyMatch(socket -> socket.local == port && socket.peer == callerPort);
    }

    static boolean isListening(int port) throws IOException {
        return sockets().stream().anyMatch(socket -> socket.local == port && socket.state.equals(LISTENING));
    }

    private record Socket(int local, int peer, String state) {}

    private static List<Socket> sockets() throws IOException {
        List<Socket> sockets = new ArrayList<>();
        for (Path file : List.of(Path.of("/proc/self/net/tcp"), Path.of("/proc/self/net/tcp6"))) {
            // A host without IPv6 has one of them.
            for (String line : Files.exists(file) ? Files.readAllLines(file) : List.<String>of()) {
                String[] fields = line.strip().split("\\s+");
                if (fields.length > 3 && fields[1].contains(":")) {
                    sockets.add(new Socket(port(fields[1]), port(fields[2]), fields[3]));
                }
            }
        }
        return sockets;
    }

    private static int port(String address) {
        return Integer.parseInt(address.substring(address.lastIndexOf(':') + 1), 16);
    }
}
