package io.higuma.bench.datapath;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/// A router and hosts around it, each a network namespace of this process's, and a folder. Closing ends what was
/// started in them and removes everything; so does the end of this JVM. Needs root and iproute2.
final class Lab implements AutoCloseable {

    static final String ROUTER = "r";
    private static final long PATIENCE_SECONDS = 60;

    private final String prefix = "hb" + ProcessHandle.current().pid();
    private final Path folder;
    private final Map<String, Integer> nets = new LinkedHashMap<>();
    /// The end of the JVM looks at them too.
    private final List<Process> running = new CopyOnWriteArrayList<>();
    private final Thread hook = new Thread(this::end, "lab-end");

    Lab(List<String> hosts) throws IOException, InterruptedException {
        folder = Files.createTempDirectory("hb");
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
        Runtime.getRuntime().addShutdownHook(hook);
        try {
            must("ip", "netns", "add", namespace(ROUTER));
            must("ip", "-n", namespace(ROUTER), "link", "set", "lo", "up");
            for (String host : hosts) {
                cable(host, nets.size() + 1);
            }
            must(on(ROUTER, "sysctl", "-qw", "net.ipv4.ip_forward=1"));
        } catch (IOException | InterruptedException | RuntimeException e) {
            close();
            throw e;
        }
    }

    private void cable(String host, int net) throws IOException, InterruptedException {
        String name = namespace(host);
        nets.put(host, net);
        must("ip", "netns", "add", name);
        must("ip", "-n", name, "link", "set", "lo", "up");
        String far = "eth" + net;
        must("ip", "-n", name, "link", "add", "eth0", "type", "veth", "peer", "name", far, "netns", namespace(ROUTER));
        must("ip", "-n", name, "address", "add", address(host) + "/24", "dev", "eth0");
        must("ip", "-n", namespace(ROUTER), "address", "add", gateway(host) + "/24", "dev", far);
        must("ip", "-n", name, "link", "set", "eth0", "up");
        must("ip", "-n", namespace(ROUTER), "link", "set", far, "up");
        must("ip", "-n", name, "route", "add", "default", "via", gateway(host));
    }

    Path folder() {
        return folder;
    }

    String address(String host) {
        return "10.73." + nets.getOrDefault(host, 0) + ".2";
    }

    /// The router's address on the side of a host.
    String gateway(String host) {
        return "10.73." + nets.getOrDefault(host, 0) + ".1";
    }

    private String namespace(String host) {
        return prefix + host;
    }

    /// The command that runs a command on a host.
    String[] on(String host, String... command) {
        return Stream.concat(Stream.of("ip", "netns", "exec", namespace(host)), Stream.of(command))
                .toArray(String[]::new);
    }

    /// Starts something that runs until the end. What it says of errors is in `HOST.log`.
    Process start(String host, Map<String, String> environment, String... command) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(on(host, command))
                .directory(folder.toFile())
                .redirectError(ProcessBuilder.Redirect.appendTo(log(host).toFile()));
        builder.environment().putAll(environment);
        Process process = builder.start();
        running.add(process);
        return process;
    }

    /// Ends what was started before the end.
    void end(Process process) throws InterruptedException {
        process.destroyForcibly().waitFor();
        running.remove(process);
    }

    /// Waits for the line `ready` of a process.
    static BufferedReader ready(Process process) throws IOException {
        BufferedReader out =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.US_ASCII));
        String said = out.readLine();
        if (!"ready".equals(said)) {
            throw new IOException("a peer does not start; it says " + said);
        }
        return out;
    }

    private Path log(String host) {
        return folder.resolve(host + ".log");
    }

    String logs() {
        StringBuilder text = new StringBuilder();
        for (String host :
                Stream.concat(Stream.of(ROUTER), nets.keySet().stream()).toList()) {
            try {
                List<String> lines = Files.readAllLines(log(host));
                lines.subList(Math.max(0, lines.size() - 5), lines.size())
                        .forEach(line ->
                                text.append(host).append(": ").append(line).append('\n'));
            } catch (IOException silent) {
                text.append(host).append(": (it said nothing)\n");
            }
        }
        return text.toString();
    }

    /// Runs a command to its end; it must succeed.
    ///
    /// @return what it printed
    String run(String host, Map<String, String> environment, String... command)
            throws IOException, InterruptedException {
        return must(environment, on(host, command));
    }

    private String must(String... command) throws IOException, InterruptedException {
        return must(Map.of(), command);
    }

    private String must(Map<String, String> environment, String... command) throws IOException, InterruptedException {
        Path err = folder.resolve("last.err");
        ProcessBuilder builder =
                new ProcessBuilder(command).directory(folder.toFile()).redirectError(err.toFile());
        builder.environment().putAll(environment);
        Process process = builder.start();
        process.getOutputStream().close();
        String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS) || process.exitValue() != 0) {
            process.destroyForcibly();
            throw new IOException("`" + String.join(" ", command) + "`: " + out + Files.readString(err));
        }
        return out;
    }

    private synchronized void end() {
        try {
            for (Process process : running) {
                process.destroyForcibly().waitFor();
            }
            for (String host :
                    Stream.concat(Stream.of(ROUTER), nets.keySet().stream()).toList()) {
                new ProcessBuilder("ip", "netns", "delete", namespace(host))
                        .redirectError(ProcessBuilder.Redirect.DISCARD)
                        .start()
                        .waitFor();
            }
            if (Files.exists(folder)) {
                try (Stream<Path> files = Files.walk(folder)) {
                    for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                        Files.deleteIfExists(file);
                    }
                }
            }
        } catch (IOException | java.io.UncheckedIOException e) {
            System.err.println("bench: " + folder + " is left behind: " + e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        end();
        try {
            boolean unused = Runtime.getRuntime().removeShutdownHook(hook);
            assert unused;
        } catch (IllegalStateException endsAlready) {
            return;
        }
    }
}
