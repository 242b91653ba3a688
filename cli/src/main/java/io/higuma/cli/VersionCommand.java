package io.higuma.cli;

import io.higuma.cli.client.ControlPlane;
import io.higuma.cli.client.UnreachableException;
import io.higuma.cli.output.Format;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// `higuma version`: this client's, and the control plane's if one answers.
@Command(
        name = "version",
        description = "Versions of this client and of the control plane.",
        mixinStandardHelpOptions = true)
final class VersionCommand implements Callable<Integer> {

    private final Surroundings world;

    @Mixin
    private final Connection connection;

    @Option(
            names = {"-o", "--output"},
            defaultValue = "table",
            description = "One of: ${COMPLETION-CANDIDATES}.")
    private Format format = Format.table;

    VersionCommand(Surroundings world) {
        this.world = world;
        this.connection = new Connection(world);
    }

    @Override
    public Integer call() {
        ObjectNode versions = JsonNodeFactory.instance.objectNode();
        versions.putObject("client").put("product", "Higuma").put("version", Client.number());
        ObjectNode there = versions.putObject("controlPlane");
        try (ControlPlane controlPlane = connection.openNow()) {
            JsonNode index = controlPlane.read("/").json();
            there.put("product", index.path("product").asString(""))
                    .put("version", index.path("version").asString(""))
                    .put("address", controlPlane.endpoint().base().toString());
        } catch (UnreachableException nobody) {
            there.put("problem", nobody.getMessage());
        }
        if (format == Format.table) {
            world.out().println("client:        " + Client.version());
            world.out().println("control plane: " + words(there));
        } else {
            format.print(world.out(), versions);
        }
        return ExitCode.OK;
    }

    private static String words(ObjectNode there) {
        return there.has("problem")
                ? there.path("problem").asString("")
                : there.path("product").asString("") + " "
                        + there.path("version").asString("") + " at "
                        + there.path("address").asString("");
    }

    /// The version the build wrote into the jar's manifest.
    static final class Client implements IVersionProvider {

        static String version() {
            return "Higuma " + number();
        }

        private static String number() {
            String version = VersionCommand.class.getPackage().getImplementationVersion();
            return version == null ? "(not packaged)" : version;
        }

        @Override
        public String[] getVersion() {
            return new String[] {version()};
        }
    }
}
