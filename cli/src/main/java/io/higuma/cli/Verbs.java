package io.higuma.cli;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Map;

/// Runs a verb inside this process, as if it had been typed.
public final class Verbs {

    private Verbs() {}

    /// What a verb left behind.
    ///
    /// @param exitCode see [ExitCode]
    /// @param out its results
    /// @param err what it said beside them
    public record Result(int exitCode, String out, String err) {}

    /// @param home in place of `~/.higuma`
    /// @param input what `-` reads
    public static Result run(
            Map<String, String> environment, Path home, InstantSource clock, String input, String... arguments) {
        return run(environment, home, clock, input, false, arguments);
    }

    /// @param terminal whether it shall behave as in front of a person
    static Result run(
            Map<String, String> environment,
            Path home,
            InstantSource clock,
            String input,
            boolean terminal,
            String... arguments) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        Surroundings world = new Surroundings(
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8),
                new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8)),
                environment,
                home,
                clock,
                terminal);
        int code = Program.of(world).execute(arguments);
        return new Result(code, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
    }
}
