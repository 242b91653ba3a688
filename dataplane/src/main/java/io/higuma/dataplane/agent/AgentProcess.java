package io.higuma.dataplane.agent;

import io.higuma.dataplane.StopException;
import io.higuma.dataplane.sys.ProcessImage.User;
import io.higuma.dataplane.tproxy.TransparentProxyConfig;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// Starts the agent as a child of the process that is about to become Envoy.
///
/// ```
///   envoy ── sh ── java (the agent)      sh starts the agent again when it dies, and waits for nothing else
///     └── the writing end of a pipe ─▶ the agent's standard input: its end is Envoy's end
/// ```
///
/// @param lifeline what `/proc/self/fd` calls this process's end of that pipe; it must stay open in Envoy
public record AgentProcess(Process process, String lifeline) {

    private static final String AGAIN = """
            n=0
            while ! "$@"; do
              n=$((n < 5 ? n + 1 : 5))
              echo "higuma agent: it ended; started again in $n s" >&2
              sleep $n
            done
            """;

    /// A small program that waits most of the time: little heap, one compiler, no files in /tmp.
    private static final List<String> SMALL = List.of(
            "-Xms4m",
            "-Xmn2m",
            "-Xmx24m",
            "-Xss256k",
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-XX:ReservedCodeCacheSize=16m",
            "-XX:-UsePerfData",
            "-XX:+UseCompactObjectHeaders",
            "-XX:+ExitOnOutOfMemoryError",
            "-Xlog:aot=off",
            "-Xlog:cds=off",
            "-Djdk.virtualThreadScheduler.parallelism=2",
            "--enable-native-access=ALL-UNNAMED");

    /// @param workDir the folder of this proxy
    /// @param successor whom Envoy will run as, if that is somebody else
    /// @param secrets variables that the agent must not inherit
    /// @throws StopException if it cannot listen
    public static AgentProcess start(
            TransparentProxyConfig config, Path workDir, Optional<User> successor, List<String> secrets) {
        AgentConfig told = new AgentConfig(
                config.dns().port(),
                config.ipv6() && Files.exists(Path.of("/proc/self/net/if_inet6")),
                EnvoyNames.socket(workDir),
                config.dns().resolvConf(),
                config.dns().domains(),
                config.networks().stream()
                        .map(TransparentProxyConfig.Network::addresses)
                        .toList(),
                successor);
        ProcessBuilder builder = new ProcessBuilder(command(told)).redirectError(ProcessBuilder.Redirect.INHERIT);
        secrets.forEach(builder.environment()::remove);
        builder.environment().put("MALLOC_ARENA_MAX", "1");
        try {
            Process process = builder.start();
            BufferedReader out = process.inputReader(StandardCharsets.UTF_8);
            String said = Optional.ofNullable(out.readLine()).orElse("it ended without a word");
            if (!said.equals("ready")) {
                process.destroy();
                throw new StopException(StopException.ENVIRONMENT, "the agent for DNS cannot start: " + said);
            }
            String lifeline = Files.readSymbolicLink(Path.of("/proc/" + process.pid() + "/fd/0"))
                    .toString();
            return new AgentProcess(process, lifeline);
        } catch (IOException e) {
            throw new StopException(
                    StopException.ENVIRONMENT, "the agent for DNS cannot be started: " + e.getMessage());
        }
    }

    private static List<String> command(AgentConfig told) {
        List<String> command = new ArrayList<>(List.of(
                "/bin/sh",
                "-c",
                AGAIN,
                "higuma-agent",
                Path.of(System.getProperty("java.home"), "bin", "java").toString()));
        command.addAll(SMALL);
        command.addAll(cache());
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), Agent.class.getName()));
        command.addAll(told.arguments());
        return command;
    }

    /// The ahead-of-time cache that this process was started with.
    private static List<String> cache() {
        return Stream.of(ProcessHandle.current().info().arguments().orElse(new String[0]))
                .filter(argument -> argument.startsWith("-XX:AOTCache="))
                .limit(1)
                .toList();
    }
}
