package io.higuma.cli;

import io.higuma.cli.client.Answer;
import io.higuma.cli.client.ControlPlane;
import io.higuma.cli.client.Kind;
import io.higuma.cli.client.Kinds;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `higuma delete`.
@Command(name = "delete", description = "Delete a resource.", mixinStandardHelpOptions = true)
final class DeleteCommand implements Callable<Integer> {

    private final Surroundings world;

    @Mixin
    private final Connection connection;

    @Parameters(index = "0", paramLabel = "TYPE", description = "Its name, plural or short form.")
    private String type = "";

    @Parameters(index = "1", paramLabel = "NAME", description = "The resource.")
    private String name = "";

    @Option(
            names = {"-m", "--mesh"},
            defaultValue = "default",
            description = "Mesh (default: ${DEFAULT-VALUE}).")
    private String mesh = "default";

    DeleteCommand(Surroundings world) {
        this.world = world;
        this.connection = new Connection(world);
    }

    @Override
    public Integer call() {
        try (ControlPlane controlPlane = connection.open()) {
            Kind kind = Kinds.of(controlPlane)
                    .called(type)
                    .orElseThrow(() -> new Failure(
                            ExitCode.USAGE,
                            "the control plane has no type `" + type + "`; `higuma get` lists the types"));
            Answer answer = controlPlane.delete(kind.item(mesh, name));
            String title = kind.name() + " " + (kind.meshScoped() ? mesh + "/" : "") + name;
            if (!answer.found()) {
                throw new Failure(ExitCode.REFUSED, "there is no " + title);
            }
            String revision = answer.revision().isPresent()
                    ? " (revision " + answer.revision().getAsLong() + ")"
                    : "";
            world.out().println(title + " deleted" + revision);
            return ExitCode.OK;
        }
    }
}
