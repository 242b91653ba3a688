package io.higuma.dataplane.agent;

import io.higuma.dataplane.envoy.EnvoySocket;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// The names of the mesh, which the control plane has Envoy tell over a Unix socket (`reference/dataplane.md` 1.7).
/// Nobody asks by a clock: a question for a name is what makes it look whether they are still the same.
final class EnvoyNames {

    private static final int MOST_BYTES = 8 << 20;
    private static final int OK = 200;
    private static final Duration PATIENCE = Duration.ofMillis(250);
    /// As long as nothing is known that could be said instead.
    private static final Duration FIRST_PATIENCE = Duration.ofSeconds(2);
    private static final String FILE = "kuma-mesh-metric-config";
    private static final int LONGEST_PATH = 98;

    private final EnvoySocket envoy;
    private String tag = "";
    private volatile Optional<Records> records = Optional.empty();
    /// Guarded by `this`.
    private CompletableFuture<Void> underWay = CompletableFuture.completedFuture(null);
    /// When Envoy was asked last. Guarded by `this`.
    private long asked = System.nanoTime() - TimeUnit.HOURS.toNanos(1);

    EnvoyNames(Path socket) {
        envoy = new EnvoySocket(UnixDomainSocketAddress.of(socket), MOST_BYTES);
    }

    /// Where Envoy listens for its agent: the contract cuts a long path before it adds the ending.
    static Path socket(Path workDir) {
        String path = workDir.resolve(FILE).toString();
        return Path.of((path.length() > LONGEST_PATH ? path.substring(0, LONGEST_PATH) : path) + ".sock");
    }

    /// What there is, told by Envoy no longer ago than that. An Envoy that does not answer is not waited for: what it
    /// said last holds.
    ///
    /// @return empty as long as it never said anything
    Optional<Records> noOlderThan(Duration age) {
        CompletableFuture<Void> answer;
        long patience;
        synchronized (this) {
            long now = System.nanoTime();
            if (underWay.isDone() && now - asked > age.toNanos()) {
                asked = now;
                underWay = CompletableFuture.runAsync(this::ask, Thread::startVirtualThread);
            }
            answer = underWay;
            patience = asked + (records.isEmpty() ? FIRST_PATIENCE : PATIENCE).toNanos() - now;
        }
        if (!answer.isDone() && patience > 0) {
            try {
                answer.get(patience, TimeUnit.NANOSECONDS);
            } catch (TimeoutException tooLong) {
                return records;
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            } catch (ExecutionException e) {
                throw new IllegalStateException(e.getCause());
            }
        }
        return records;
    }

    /// By one thread at a time.
    private void ask() {
        try {
            EnvoySocket.Answer answer =
                    envoy.ask("GET", "/dns", tag.isEmpty() ? Map.of() : Map.of("If-None-Match", tag));
            if (answer.status() == OK) {
                Optional<Records> read = Records.read(answer.body().getBytes(StandardCharsets.UTF_8));
                if (read.isPresent()) {
                    records = read;
                    tag = answer.headers().getOrDefault("etag", "");
                }
            }
        } catch (IOException | NumberFormatException notThere) {
            // It does not listen yet, or is gone; the next question tries again.
            return;
        }
    }
}
