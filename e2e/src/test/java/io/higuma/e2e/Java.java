package io.higuma.e2e;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// How the tests start a program of ours in a process of its own.
final class Java {

    private Java() {}

    /// A command that runs a class of this class path: little to compile, little to collect.
    static List<String> command(String mainClass, String... arguments) {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xshare:auto",
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-Xmx512m",
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-cp",
                System.getProperty("surefire.real.class.path", System.getProperty("java.class.path")),
                mainClass));
        command.addAll(List.of(arguments));
        return command;
    }
}
