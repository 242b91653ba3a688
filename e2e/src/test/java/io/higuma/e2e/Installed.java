package io.higuma.e2e;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;

/// The distribution as a person unpacks it, used in a network namespace of the test's own: its ports are those of the
/// documentation, and nobody else's.
final class Installed {

    private static final Path ROOT =
            Path.of(System.getProperty("higuma.root", "..")).toAbsolutePath().normalize();
    private static final Path DISTRIBUTION = ROOT.resolve("dist/target/higuma");

    private Installed() {}

    /// What a run left behind.
    ///
    /// @param out what it printed; `err` likewise
    record Outcome(int exitCode, String out, String err) {}

    /// Skips the test, with a reason, where namespaces cannot be made or nothing is packaged.
    static void require() throws IOException, InterruptedException {
        Assumptions.assumeTrue(
                Files.isExecutable(DISTRIBUTION.resolve("bin/higuma")),
                "there is no distribution in " + DISTRIBUTION + ": `mvn package` or `./dev test` lays it out");
        for (List<String> probe :
                List.of(List.of("unshare", "-n", "ip", "link", "set", "lo", "up"), List.of("curl", "--version"))) {
            Assumptions.assumeTrue(
                    works(probe),
                    "`" + String.join(" ", probe)
                            + "` does not work here: this test needs root, iproute2 and curl (./dev setup)");
        }
    }

    private static boolean works(List<String> command) throws InterruptedException {
        try {
            return new ProcessBuilder(command)
                            .redirectErrorStream(true)
                            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                            .start()
                            .waitFor()
                    == 0;
        } catch (IOException absent) {
            return false;
        }
    }

    /// Runs a shell script in a network namespace that ends with it, as does every process it started.
    ///
    /// @param folder the working folder; a `home` in it is where the program keeps its things
    static Outcome run(Path folder, String script) throws IOException, InterruptedException {
        Path home = Files.createDirectories(folder.resolve("home"));
        Path file = folder.resolve("script.sh");
        Files.writeString(file, "ip link set lo up\n" + script);
        // The process namespace ends everything in it when its first process ends
        List<String> command = new ArrayList<>(
                List.of("unshare", "-n", "-p", "-f", "--mount-proc", "--kill-child", "bash", file.toString()));
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectOutput(folder.resolve("out").toFile())
                .redirectError(folder.resolve("err").toFile());
        builder.environment().putAll(environment(home));
        Process process = builder.start();
        if (!process.waitFor(4, TimeUnit.MINUTES)) {
            process.destroyForcibly().waitFor();
            throw new AssertionError("it does not end: " + Files.readString(folder.resolve("out"))
                    + Files.readString(folder.resolve("err")));
        }
        return new Outcome(
                process.exitValue(), Files.readString(folder.resolve("out")), Files.readString(folder.resolve("err")));
    }

    /// With `higuma` on the path, the JDK of this process and the tests' Envoy.
    ///
    /// @param home where a person keeps things
    static Map<String, String> environment(Path home) {
        return Map.of(
                "PATH", DISTRIBUTION.resolve("bin") + ":" + System.getenv("PATH"),
                "HOME", home.toString(),
                "HIGUMA_HOME", home.resolve(".higuma").toString(),
                "HIGUMA_NO_AOT", "1",
                "JAVA_HOME", System.getProperty("java.home"),
                "ENVOY", io.higuma.testkit.envoy.EnvoyBinary.path().toString());
    }
}
