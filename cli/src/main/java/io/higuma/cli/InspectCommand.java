package io.higuma.cli;

import io.higuma.cli.client.Answer;
import io.higuma.cli.client.ControlPlane;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `higuma inspect dataplane`: what one proxy has been given, as the control plane says it.
@Command(
        name = "inspect",
        description = "Look into a running proxy: `inspect dataplane NAME`.",
        mixinStandardHelpOptions = true)
final class InspectCommand implements Callable<Integer> {

    private final Surroundings world;

    @Mixin
    private final Connection connection;

    @Parameters(index = "0", paramLabel = "WHAT", description = "One of: ${COMPLETION-CANDIDATES}.")
    private What what = What.dataplane;

    @Parameters(index = "1", paramLabel = "NAME", description = "The dataplane.")
    private String name = "";

    @Option(
            names = {"-m", "--mesh"},
            defaultValue = "default",
            description = "Mesh (default: ${DEFAULT-VALUE}).")
    private String mesh = "default";

    @Option(names = "--type", defaultValue = "config", description = "One of: ${COMPLETION-CANDIDATES}.")
    private View view = View.config;

    InspectCommand(Surroundings world) {
        this.world = world;
        this.connection = new Connection(world);
    }

    @Override
    public Integer call() {
        try (ControlPlane controlPlane = connection.open()) {
            String path = "/meshes/" + ControlPlane.segment(mesh) + "/dataplanes/" + ControlPlane.segment(name) + "/";
            Answer answer = controlPlane.read(path + view.path);
            if (!answer.found()) {
                throw new Failure(
                        ExitCode.REFUSED,
                        "there is no " + view + " of a " + what + " `" + name + "` in mesh `" + mesh
                                + "`: it is unknown or offline");
            }
            world.out().println(answer.text().stripTrailing());
            return ExitCode.OK;
        }
    }

    enum What {
        dataplane
    }

    enum View {
        config("_config"),
        policies("_policies"),
        clusters("clusters"),
        stats("stats");

        private final String path;

        View(String path) {
            this.path = path;
        }
    }
}
