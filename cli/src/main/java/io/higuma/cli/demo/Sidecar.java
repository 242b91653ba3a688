package io.higuma.cli.demo;

import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;

/// A running `higuma dp run`, which is an Envoy by now, and what Envoy says of itself on its admin socket.
///
/// @param process whose id is Envoy's
/// @param workDir where the admin socket lies
record Sidecar(Process process, Path workDir) {

    /// Envoy's counters and gauges whose names match; empty if Envoy does not answer.
    Map<String, Long> stats(Predicate<String> names) {
        Map<String, Long> stats = new TreeMap<>();
        for (String line : admin("/stats?usedonly").lines().toList()) {
            int colon = line.lastIndexOf(": ");
            if (colon > 0
                    && names.test(line.substring(0, colon))
                    && line.substring(colon + 2).matches("[0-9]+")) {
                stats.put(line.substring(0, colon), Long.parseLong(line.substring(colon + 2)));
            }
        }
        return stats;
    }

    /// How many updates Envoy has taken of each resource type (`…update_success`): counted by Envoy, not by us. The
    /// clusters of the bootstrap are left out: they count their own DNS lookups there.
    Map<String, Long> updates() {
        return stats(name -> name.endsWith(".update_success") && !name.startsWith("cluster.system_"));
    }

    /// Whether the control plane has given it listeners: an open stream alone may still be refused.
    boolean configured() {
        return updates().getOrDefault("listener_manager.lds.update_success", 0L) > 0;
    }

    boolean connected() {
        return stats("control_plane.connected_state"::equals).getOrDefault("control_plane.connected_state", 0L) == 1;
    }

    /// Whether a cluster of this Envoy has an endpoint at this address and port.
    boolean knows(String address, int port) {
        return admin("/clusters").contains("::" + address + ":" + port + "::");
    }

    /// The resident size of the process in MiB.
    long residentMiB() {
        try {
            for (String line : Files.readAllLines(Path.of("/proc/" + process.pid() + "/status"))) {
                if (line.startsWith("VmRSS:")) {
                    return Long.parseLong(line.replaceAll("[^0-9]", "")) / 1024;
                }
            }
        } catch (IOException gone) {
            return 0;
        }
        return 0;
    }

    private String admin(String path) {
        try (DirectoryStream<Path> sockets = Files.newDirectoryStream(workDir, "*admin*.sock")) {
            for (Path socket : sockets) {
                return ask(socket, path);
            }
        } catch (IOException notYet) {
            return "";
        }
        return "";
    }

    /// The answer may come in chunks; their sizes stand on lines of their own and match no name that is looked for.
    private static String ask(Path socket, String path) throws IOException {
        try (SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(socket))) {
            String request = "GET " + path + " HTTP/1.1\r\nHost: demo\r\nConnection: close\r\n\r\n";
            channel.write(ByteBuffer.wrap(request.getBytes(StandardCharsets.US_ASCII)));
            return new String(Channels.newInputStream(channel).readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
