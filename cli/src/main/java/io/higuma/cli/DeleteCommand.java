package io.higuma.cli;

import io.higuma.cli.client.Answer;
import io.higuma.cli.client.ControlPlane;
import io.higuma.cli.client.Kind;
import io.higuma.cli.client.Kinds;
import io.higuma.cli.output.Format;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

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

    @Option(
            names = {"-o", "--output"},
            defaultValue = "table",
            description = "One of: ${COMPLETION-CANDIDATES}; table is a line.")
    private Format format = Format.table;

    @Mixin
    private final Rollout rollout = new Rollout();

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
            return told(title, answer, controlPlane);
        }
    }

    private int told(String title, Answer answer, ControlPlane controlPlane) {
        List<Long> revisions =
                answer.revision().isPresent() ? List.of(answer.revision().getAsLong()) : List.of();
        boolean quiet = format != Format.table;
        if (!quiet) {
            world.out()
                    .println(title + " deleted"
                            + (revisions.isEmpty() ? "" : " (revision " + revisions.getFirst() + ")"));
        }
        ObjectNode report = JsonNodeFactory.instance.objectNode().put("deleted", title);
        revisions.forEach(revision -> report.put("revision", revision));
        int exitCode = ExitCode.OK;
        if (rollout.isWanted()) {
            Rollout.Outcome outcome = rollout.await(world, controlPlane, revisions, quiet);
            ArrayNode receipts = report.putArray("receipts");
            outcome.receipts().forEach(receipt -> receipts.add(receipt.json()));
            exitCode = outcome.exitCode();
        }
        if (quiet) {
            format.print(world.out(), report);
        }
        return exitCode;
    }
}
