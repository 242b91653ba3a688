package io.higuma.dataplane.tproxy;

import io.higuma.testkit.net.TwoHosts;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/// Two hosts and a router, and the launcher of these classes on the host of the application.
final class LauncherHosts extends TwoHosts {

    LauncherHosts(Path folder) throws IOException, InterruptedException {
        super(folder);
    }

    LauncherHosts(Path folder, boolean ipv4) throws IOException, InterruptedException {
        super(folder, ipv4);
    }

    /// `higuma dp …` or `higuma install …` on the host of the application.
    Ended higuma(String... arguments) throws IOException, InterruptedException {
        return run(inside(app(), java(arguments)), Map.of());
    }

    Ended higuma(Map<String, String> environment, String... arguments) throws IOException, InterruptedException {
        return run(inside(app(), java(arguments)), environment);
    }

    static List<String> java(String... arguments) {
        return Stream.concat(
                        Stream.of(
                                Path.of(System.getProperty("java.home"), "bin", "java")
                                        .toString(),
                                "-XX:+UseSerialGC",
                                "-XX:TieredStopAtLevel=1",
                                "--enable-native-access=ALL-UNNAMED",
                                "-cp",
                                System.getProperty("surefire.real.class.path", System.getProperty("java.class.path")),
                                "io.higuma.dataplane.Main"),
                        Stream.of(arguments))
                .toList();
    }
}
