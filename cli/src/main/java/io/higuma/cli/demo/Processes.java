package io.higuma.cli.demo;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/// The processes and the folder of one demo. Closing ends the ones and removes the other, whatever state they are in.
final class Processes implements AutoCloseable {

    private static final long PATIENCE_MILLIS = 3000;

    private final Path folder;
    /// Guarded by itself: the shutdown hook closes from a thread of its own.
    private final List<Process> started = new ArrayList<>();
    private boolean closed;

    private Processes(Path folder) {
        this.folder = folder;
    }

    /// In a folder of its own; a short path, because Unix sockets lie in it.
    static Processes create() throws IOException {
        Processes processes = new Processes(Files.createTempDirectory("higuma-demo"));
        Runtime.getRuntime().addShutdownHook(new Thread(processes::close, "demo-end"));
        return processes;
    }

    Path folder() {
        return folder;
    }

    /// Starts one whose words go to `NAME.log` in the folder.
    Process start(String name, Map<String, String> environment, List<String> command) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log(name).toFile()));
        builder.environment().putAll(environment);
        synchronized (started) {
            if (closed) {
                throw new IOException("the demo is over");
            }
            Process process = builder.start();
            started.add(process);
            return process;
        }
    }

    Path log(String name) {
        return folder.resolve(name + ".log");
    }

    /// The last lines a process said, for the person when it failed.
    String lastWords(String name, int count) {
        try {
            List<String> lines = Files.readAllLines(log(name));
            return String.join("\n", lines.subList(Math.max(0, lines.size() - count), lines.size()));
        } catch (IOException none) {
            return "(it said nothing)";
        }
    }

    /// A person who is watching the end wants the files, not their ghosts: all are told first, then awaited, then
    /// killed.
    @Override
    public void close() {
        synchronized (started) {
            closed = true;
            started.forEach(Process::destroy);
            long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(PATIENCE_MILLIS);
            for (Process process : started) {
                end(process, end - System.nanoTime());
            }
            started.clear();
        }
        remove();
    }

    private void remove() {
        // The hook and the end of the demo may both come here; the second finds nothing.
        if (!Files.exists(folder)) {
            return;
        }
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            System.err.println("higuma: " + folder + " is left behind: " + e.getMessage());
        }
    }

    private static void end(Process process, long nanos) {
        try {
            if (!process.waitFor(Math.max(nanos, 0), TimeUnit.NANOSECONDS)) {
                process.destroyForcibly().waitFor();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
