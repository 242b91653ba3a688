package io.higuma.cli;

import io.higuma.cli.client.ControlPlane;
import io.higuma.cli.client.UnreachableException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Mixin;
import tools.jackson.databind.JsonNode;

/// `higuma version`: this client's, and the control plane's if one answers.
@Command(
        name = "version",
        description = "Versions of this client and of the control plane.",
        mixinStandardHelpOptions = true)
final class VersionCommand implements Callable<Integer> {

    private final Surroundings world;

    @Mixin
    private final Connection connection;

    VersionCommand(Surroundings world) {
        this.world = world;
        this.connection = new Connection(world);
    }

    @Override
    public Integer call() {
        world.out().println("client:        " + Client.version());
        try (ControlPlane controlPlane = connection.openNow()) {
            JsonNode index = controlPlane.read("/").json();
            world.out()
                    .println("control plane: " + index.path("product").asString("") + " "
                            + index.path("version").asString("") + " at "
                            + controlPlane.endpoint().base());
        } catch (UnreachableException nobody) {
            world.out().println("control plane: " + nobody.getMessage());
        }
        return ExitCode.OK;
    }

    /// The version the build wrote into the jar's manifest.
    static final class Client implements IVersionProvider {

        static String version() {
            String version = VersionCommand.class.getPackage().getImplementationVersion();
            return "Higuma " + (version == null ? "(not packaged)" : version);
        }

        @Override
        public String[] getVersion() {
            return new String[] {version()};
        }
    }
}
