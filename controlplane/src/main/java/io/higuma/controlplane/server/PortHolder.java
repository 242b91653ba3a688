package io.higuma.controlplane.server;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/// Finds out whether a port is taken and, on Linux, which process has it: from `/proc/net/tcp` the socket, from
/// `/proc/<pid>/fd` its owner. Processes of other users stay unknown.
final class PortHolder {

    private static final Path PROC = Path.of("/proc");
    private static final String LISTENING = "0A";
    private static final int STATE = 3;
    private static final int INODE = 9;

    private PortHolder() {}

    static boolean isTaken(String address, int port) {
        try (ServerSocket probe = new ServerSocket()) {
            probe.setReuseAddress(true);
            probe.bind(new InetSocketAddress(InetAddress.getByName(address), port));
            return false;
        } catch (IOException e) {
            return true;
        }
    }

    /// `name (pid 123)`
    static Optional<String> find(int port) {
        Set<String> sockets = new HashSet<>();
        for (String table : List.of("net/tcp", "net/tcp6")) {
            listening(PROC.resolve(table), port, sockets);
        }
        return sockets.isEmpty() ? Optional.empty() : owner(sockets);
    }

    private static void listening(Path table, int port, Set<String> sockets) {
        String suffix = String.format(Locale.ROOT, ":%04X", port);
        try {
            for (String line : Files.readAllLines(table)) {
                String[] columns = line.strip().split("\\s+");
                if (columns.length > INODE && columns[1].endsWith(suffix) && columns[STATE].equals(LISTENING)) {
                    sockets.add("socket:[" + columns[INODE] + "]");
                }
            }
        } catch (IOException e) {
            // no such table here: then nobody is known
        }
    }

    private static Optional<String> owner(Set<String> sockets) {
        try (DirectoryStream<Path> processes = Files.newDirectoryStream(PROC, "[0-9]*")) {
            for (Path process : processes) {
                if (holds(process, sockets)) {
                    String name = Files.readString(process.resolve("comm")).strip();
                    return Optional.of(name + " (pid " + process.getFileName() + ")");
                }
            }
        } catch (IOException e) {
            // no /proc here, or the process is gone by now
        }
        return Optional.empty();
    }

    private static boolean holds(Path process, Set<String> sockets) {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(process.resolve("fd"))) {
            for (Path file : files) {
                if (Files.isSymbolicLink(file)
                        && sockets.contains(Files.readSymbolicLink(file).toString())) {
                    return true;
                }
            }
        } catch (IOException e) {
            // somebody else's process, or gone
        }
        return false;
    }
}
