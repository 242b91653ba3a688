package io.higuma.controlplane.server;

import static io.higuma.testkit.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import com.linecorp.armeria.client.Endpoint;
import com.linecorp.armeria.client.WebClient;
import com.linecorp.armeria.common.AggregatedHttpResponse;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.SessionProtocol;
import io.higuma.controlplane.config.ControlPlaneConfig.Listen;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/// What holds for every port.
@EnabledOnOs(OS.LINUX)
class ListenerTest {

    private static final String ESTABLISHED = "01";
    private static final String KEEPALIVE_TIMER = "02:";

    @Test
    void theKernelWatchesOverASilentConnection() throws IOException {
        Listener.Builder builder = new Listener.Builder().http(new Listen("127.0.0.1", 0), "test.port");
        builder.services().service("/", (context, request) -> HttpResponse.of(204));
        try (Listener listener = builder.start();
                Socket silent = new Socket("127.0.0.1", listener.port(false).orElseThrow())) {
            String ours = String.format(Locale.ROOT, ":%04X", silent.getPort());
            String theirs = String.format(Locale.ROOT, ":%04X", silent.getLocalPort());

            eventually(
                    "a keepalive timer runs on our end of the connection",
                    () -> connections()
                            .anyMatch(columns -> columns[1].endsWith(ours)
                                    && columns[2].endsWith(theirs)
                                    && columns[3].equals(ESTABLISHED)
                                    && columns[5].startsWith(KEEPALIVE_TIMER)));
        }
    }

    @Test
    void whatWasAskedBeforeTheEndIsAnswered() throws Exception {
        // Given a request that is not answered yet, on a connection of HTTP/1.1 and one of HTTP/2
        CompletableFuture<String> answer = new CompletableFuture<>();
        CountDownLatch asked = new CountDownLatch(2);
        Listener.Builder builder = new Listener.Builder().http(new Listen("127.0.0.1", 0), "test.port");
        builder.services().service("/", (context, request) -> {
            asked.countDown();
            return HttpResponse.of(answer.thenApply(HttpResponse::of));
        });
        Listener listener = builder.start();
        try {
            List<CompletableFuture<AggregatedHttpResponse>> answers = new ArrayList<>();
            for (SessionProtocol protocol : List.of(SessionProtocol.H1C, SessionProtocol.H2C)) {
                Endpoint endpoint =
                        Endpoint.of("127.0.0.1", listener.port(false).orElseThrow());
                answers.add(WebClient.of(protocol, endpoint).get("/").aggregate());
            }
            asked.await();

            // When the listener begins to stop, and the answer is ready after that
            listener.retire();
            answer.complete("late");

            // Then both have it
            for (CompletableFuture<AggregatedHttpResponse> each : answers) {
                assertThat(each.join().contentUtf8()).isEqualTo("late");
            }
        } finally {
            listener.close();
        }
    }

    /// The columns of `/proc/net/tcp` and `tcp6` (proc_net_tcp in the kernel's documentation).
    private static Stream<String[]> connections() {
        return List.of("tcp", "tcp6").stream()
                .map(table -> Path.of("/proc/net", table))
                .filter(Files::exists)
                .flatMap(table -> {
                    try {
                        return Files.readAllLines(table).stream();
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                })
                .map(line -> line.strip().split("\\s+"))
                .filter(columns -> columns.length > 5);
    }
}
