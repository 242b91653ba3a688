package io.higuma.controlplane.server;

import static io.higuma.testkit.Eventually.eventually;

import com.linecorp.armeria.common.HttpResponse;
import io.higuma.controlplane.config.ControlPlaneConfig.Listen;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
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
