package io.higuma.dataplane;

import io.higuma.dataplane.envoy.AdminSocket;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// `higuma dp drain`: asks a running Envoy to let go of its connections, and waits until it has. Meant for
/// the stop line of a unit file and for a pod's preStop; Envoy itself stays for the signal that follows.
@Command(
        name = "drain",
        description = "Let a running Envoy finish what it has before it is stopped.",
        mixinStandardHelpOptions = true)
final class DrainCommand implements Callable<Integer> {

    private static final Duration POLL = Duration.ofMillis(200);
    /// A caller whose connection was let go may open another one until it is told that this instance leaves: only what
    /// is quiet at so many looks in a row is.
    private static final int QUIET_LOOKS = 3;

    private final Map<String, String> environment;
    private final PrintWriter err;

    @Option(names = "--name", description = "Name of the dataplane.")
    private @Nullable String name;

    @Option(
            names = {"-m", "--mesh"},
            description = "Its mesh (default: default).")
    private @Nullable String mesh;

    @Option(
            names = "--work-dir",
            paramLabel = "FOLDER",
            description = "Its work directory, if it is not where `dp run` puts it.")
    private @Nullable Path workDir;

    @Option(
            names = "--timeout",
            defaultValue = "30s",
            converter = DurationConverter.class,
            description = "How long to wait for connections to end (default: ${DEFAULT-VALUE}).")
    private Duration timeout = Duration.ofSeconds(30);

    DrainCommand(Map<String, String> environment, PrintWriter err) {
        this.environment = environment;
        this.err = err;
    }

    @Override
    public Integer call() throws InterruptedException {
        if (name == null && workDir == null) {
            throw new StopException(StopException.USAGE, "which Envoy? Give --name (and --mesh), or --work-dir");
        }
        WorkDirectory work =
                WorkDirectory.existing(workDir, environment, mesh == null ? "default" : mesh, name == null ? "" : name);
        AdminSocket admin;
        try {
            admin = AdminSocket.of(work.bootstrap())
                    .orElseThrow(() -> new StopException(
                            StopException.ENVIRONMENT, work.bootstrap() + " names no admin interface"));
            admin.request("POST", "/healthcheck/fail");
            admin.request("POST", "/drain_listeners?graceful&skip_exit");
        } catch (NoSuchFileException e) {
            throw new StopException(
                    StopException.UNREACHABLE,
                    "no Envoy was started in " + work.path() + ": there is no " + e.getFile());
        } catch (IOException e) {
            throw new StopException(
                    StopException.UNREACHABLE, "no Envoy answers in " + work.path() + ": " + e.getMessage());
        }
        long connections = wait(admin);
        err.println(
                connections == 0
                        ? "drained"
                        : connections + " connections are left after " + timeout.toSeconds() + " s");
        return 0;
    }

    /// How many connections are left when all are gone, Envoy is gone, or the time is over.
    private long wait(AdminSocket admin) throws InterruptedException {
        long end = System.nanoTime() + timeout.toNanos();
        int quiet = 0;
        while (true) {
            long connections;
            try {
                connections =
                        connections(admin.request("GET", "/stats?usedonly&filter=^listener\\..*downstream_cx_active$"));
            } catch (IOException gone) {
                return 0;
            }
            quiet = connections == 0 ? quiet + 1 : 0;
            if (quiet == QUIET_LOOKS || System.nanoTime() - end >= 0) {
                return connections;
            }
            TimeUnit.MILLISECONDS.sleep(POLL.toMillis());
        }
    }

    /// Lines of `listener.<address>.downstream_cx_active: <n>`; the admin's own connection is not a listener's but its
    /// own.
    static long connections(String stats) {
        return stats.lines()
                .filter(line -> !line.startsWith("listener.admin.") && !line.contains(".worker_"))
                .map(line -> line.substring(line.lastIndexOf(':') + 1).strip())
                .filter(value -> !value.isEmpty() && value.chars().allMatch(Character::isDigit))
                .mapToLong(Long::parseLong)
                .sum();
    }
}
