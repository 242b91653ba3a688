package io.higuma.cli;

import java.io.Console;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;

/// What a verb may touch of the world around it. Tests hand in their own.
///
/// @param out for results, which programs may read
/// @param err for everything that is said beside them
/// @param in what `-` reads
/// @param environment the variables of the process
/// @param home where `~/.higuma` lies; `$HIGUMA_HOME` moves it
/// @param clock for ages in tables and times in tokens
/// @param terminal whether a person looks at what is printed while it is printed
public record Surroundings(
        PrintStream out,
        PrintStream err,
        InputStream in,
        Map<String, String> environment,
        Path home,
        InstantSource clock,
        boolean terminal) {

    public Surroundings {
        environment = Map.copyOf(environment);
    }

    static Surroundings ofProcess() {
        Map<String, String> environment = System.getenv();
        String home = environment.get("HIGUMA_HOME");
        return new Surroundings(
                System.out,
                System.err,
                System.in,
                environment,
                home == null || home.isEmpty() ? Path.of(System.getProperty("user.home"), ".higuma") : Path.of(home),
                InstantSource.system(),
                Optional.ofNullable(System.console()).map(Console::isTerminal).orElse(false));
    }
}
