package io.higuma.dataplane.tproxy;

import io.higuma.dataplane.StopException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Stream;

/// The programs of this host that know the packet filter.
///
/// @param named where the person says some of them are
/// @param path folders to look in, before the usual ones
/// @param log hears every call
public record Tools(Map<String, Path> named, List<Path> path, Consumer<String> log) {

    private static final List<Path> USUAL =
            Stream.of("/usr/sbin", "/sbin", "/usr/bin", "/bin").map(Path::of).toList();

    /// A tool that takes longer is stuck: the longest wait that is asked of one is for the lock of iptables.
    private static final long PATIENCE_SECONDS = 120;

    public Tools {
        named = Collections.unmodifiableMap(new java.util.TreeMap<>(named));
        path = List.copyOf(path);
    }

    /// Tools of this host, found by the variable `PATH`.
    public static Tools of(Map<String, Path> named, Map<String, String> environment, Consumer<String> log) {
        List<Path> folders = Stream.of(environment.getOrDefault("PATH", "").split(":"))
                .filter(folder -> !folder.isEmpty())
                .map(Path::of)
                .toList();
        return new Tools(named, folders, log);
    }

    /// How a tool ended.
    public record Outcome(int code, String out, String err) {
        public boolean done() {
            return code == 0;
        }

        /// Its last words, on one line.
        public String words() {
            String text = (err.isBlank() ? out : err).strip().replaceAll("\\s*\\n\\s*", "; ");
            return text.isEmpty() ? "it ended with code " + code : text;
        }
    }

    public Optional<Path> find(String name) {
        Path given = named.get(name);
        if (given != null) {
            return Optional.of(given);
        }
        List<Path> folders = new ArrayList<>(path);
        folders.addAll(USUAL);
        return folders.stream()
                .map(folder -> folder.resolve(name))
                .filter(Files::isExecutable)
                .findFirst();
    }

    public Outcome run(List<String> command, String input) {
        log.accept(String.join(" ", command) + (input.isEmpty() ? "" : " <<END\n" + input + "END"));
        try {
            Process process = new ProcessBuilder(command).start();
            FutureTask<String> err = reader(process.getErrorStream());
            FutureTask<String> out = reader(process.getInputStream());
            try (var to = process.getOutputStream()) {
                to.write(input.getBytes(StandardCharsets.UTF_8));
            } catch (IOException closedEarly) {
                log.accept(command.getFirst() + " did not read everything: " + closedEarly.getMessage());
            }
            if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new StopException(
                        StopException.ENVIRONMENT,
                        "`" + String.join(" ", command) + "` did not end within " + PATIENCE_SECONDS + " s");
            }
            return new Outcome(process.exitValue(), out.get(), err.get());
        } catch (IOException e) {
            throw new StopException(
                    StopException.ENVIRONMENT, command.getFirst() + " cannot be started: " + e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StopException(StopException.ENVIRONMENT, "interrupted while " + command.getFirst() + " ran");
        } catch (ExecutionException e) {
            throw new UncheckedIOException(new IOException(e));
        }
    }

    private static FutureTask<String> reader(java.io.InputStream stream) {
        FutureTask<String> text = new FutureTask<>(() -> new String(stream.readAllBytes(), StandardCharsets.UTF_8));
        Thread.ofVirtual().start(text);
        return text;
    }
}
