package io.higuma.dataplane.tproxy;

import io.higuma.dataplane.StopException;
import io.higuma.model.GoDuration;
import io.higuma.model.Problems;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/// How the tools of the packet filter are used.
///
/// @param backend which; `auto` decides by what is here
/// @param executables of which the person says where they are, by name
/// @param waitSeconds how long iptables waits for its lock
/// @param retries how often a tool that fails is tried again
/// @param between the pause before it is
public record ToolOptions(
        String backend, Map<String, Path> executables, int waitSeconds, int retries, Duration between) {

    static final List<String> BACKENDS = List.of("auto", "nftables", "iptables", "iptables-nft", "iptables-legacy");
    private static final int MOST = 3600;

    public ToolOptions {
        executables = Map.copyOf(executables);
    }

    public static ToolOptions read(Settings settings, Problems problems) {
        Settings.Value backend = settings.value(Setting.BACKEND);
        if (!BACKENDS.contains(backend.text())) {
            problems.add(backend.source(), "`" + backend.text() + "`: expected one of " + BACKENDS);
        }
        Map<String, Path> executables = new TreeMap<>();
        for (String item : settings.list(Setting.EXECUTABLES)) {
            int colon = item.indexOf(':');
            if (colon < 1 || !item.substring(0, colon).matches("ip6?tables(-save|-restore)?")) {
                problems.add(
                        settings.value(Setting.EXECUTABLES).source(),
                        "`" + item
                                + "`: expected a name and a path, such as iptables-restore:/opt/bin/iptables-restore");
            } else {
                executables.put(item.substring(0, colon), Path.of(item.substring(colon + 1)));
            }
        }
        Settings.Value pause = settings.value(Setting.RETRY_PAUSE);
        Optional<Duration> between = GoDuration.parse(pause.text());
        if (between.isEmpty()) {
            problems.add(pause.source(), "`" + pause.text() + "`: expected a time such as 2s or 500ms");
        }
        return new ToolOptions(
                backend.text(),
                executables,
                settings.number(Setting.WAIT, 0, MOST, problems),
                settings.number(Setting.RETRIES, 0, MOST, problems),
                between.orElse(Duration.ZERO));
    }

    void pause() {
        try {
            TimeUnit.MILLISECONDS.sleep(between.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StopException(StopException.ENVIRONMENT, "interrupted");
        }
    }
}
