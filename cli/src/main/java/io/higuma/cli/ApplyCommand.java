package io.higuma.cli;

import io.higuma.cli.client.Answer;
import io.higuma.cli.client.ControlPlane;
import io.higuma.cli.client.Kind;
import io.higuma.cli.client.Kinds;
import io.higuma.cli.client.RefusedException;
import io.higuma.cli.document.Document;
import io.higuma.cli.document.Documents;
import io.higuma.cli.document.Sources;
import io.higuma.cli.output.Format;
import io.higuma.model.Problem;
import io.higuma.model.Problems;
import io.higuma.schema.template.Template;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// `higuma apply`: each document is applied whole or not at all, and has one line in the report. Nothing is sent before
/// all documents have been read: a typing error in the last must not leave the first applied.
@Command(
        name = "apply",
        description = "Create or update resources from files, folders or standard input.",
        mixinStandardHelpOptions = true)
final class ApplyCommand implements Callable<Integer> {

    private final Surroundings world;

    @Mixin
    private final Connection connection;

    @Option(
            names = {"-f", "--file"},
            required = true,
            paramLabel = "FILE|FOLDER|-",
            description = "What to apply; repeatable.")
    private List<String> files = new ArrayList<>();

    @Option(
            names = {"-v", "--var"},
            paramLabel = "K=V",
            description = "Fills `{{ K }}` in the documents; repeatable.")
    private Map<String, String> variables = new LinkedHashMap<>();

    @Option(
            names = {"-o", "--output"},
            defaultValue = "table",
            description = "One of: ${COMPLETION-CANDIDATES}; table is a line per document.")
    private Format format = Format.table;

    @Mixin
    private final Rollout rollout = new Rollout();

    private final ObjectNode report = JsonNodeFactory.instance.objectNode();
    private final ArrayNode results = report.putArray("results");
    private final List<Long> revisions = new ArrayList<>();

    @Option(names = "--dry-run", description = "Read and print the documents, send nothing.")
    private boolean dryRun;

    @Option(
            names = "--validate-with-envoy",
            description =
                    "Let the control plane try each change in a real Envoy first; what Envoy refuses is not written.")
    private boolean validateWithEnvoy;

    ApplyCommand(Surroundings world) {
        this.world = world;
        this.connection = new Connection(world);
    }

    @Override
    public Integer call() {
        List<Document> documents = read();
        if (dryRun) {
            documents.forEach(document -> world.out().print("---\n" + Format.yaml(document.content())));
            return ExitCode.OK;
        }
        try (ControlPlane controlPlane = connection.open()) {
            Kinds kinds = Kinds.of(controlPlane);
            check(documents, kinds);
            int refused = 0;
            for (Document document : documents) {
                refused += applied(document, kinds, controlPlane) ? 0 : 1;
            }
            int arrived = rollout.isWanted() ? await(controlPlane) : ExitCode.OK;
            if (format != Format.table) {
                format.print(world.out(), report);
            }
            return refused == 0 ? arrived : refused == documents.size() ? ExitCode.REFUSED : ExitCode.PARTLY;
        }
    }

    private int await(ControlPlane controlPlane) {
        Rollout.Outcome outcome = rollout.await(world, controlPlane, revisions, format != Format.table);
        ArrayNode receipts = report.putArray("receipts");
        outcome.receipts().forEach(receipt -> receipts.add(receipt.json()));
        return outcome.exitCode();
    }

    private List<Document> read() {
        List<Document> documents = new ArrayList<>();
        int wrong = 0;
        try {
            for (Map.Entry<String, String> source :
                    Sources.read(files, world.in()).entrySet()) {
                Problems problems = new Problems();
                String text = Template.fill(source.getValue(), variables, problems);
                if (problems.isEmpty()) {
                    documents.addAll(Documents.read(source.getKey(), text, problems));
                }
                problems.found().forEach(problem -> report(source.getKey(), problem));
                wrong += problems.found().size();
            }
        } catch (IOException e) {
            throw new Failure(ExitCode.ENVIRONMENT, e.getMessage());
        }
        if (wrong > 0) {
            throw new Failure(ExitCode.REFUSED, "nothing was sent");
        }
        if (documents.isEmpty()) {
            throw new Failure(ExitCode.REFUSED, "there is no document in " + String.join(", ", files));
        }
        return documents;
    }

    /// What needs no control plane's judgement but would leave half of a file applied: a kind it does not have, no
    /// name.
    private void check(List<Document> documents, Kinds kinds) {
        boolean wrong = false;
        for (Document document : documents) {
            if (document.type().isEmpty()) {
                report(document, "type", "expected a type, such as `type: MeshTimeout`");
                wrong = true;
            } else if (kinds.named(document.type()).isEmpty()) {
                String near = kinds.called(document.type())
                        .map(kind -> "; did you mean " + kind.name() + "?")
                        .orElse("; `higuma get` lists the types");
                report(document, "type", "the control plane has no type `" + document.type() + "`" + near);
                wrong = true;
            }
            if (document.name().isEmpty()) {
                report(document, "name", "expected a name");
                wrong = true;
            }
        }
        if (wrong) {
            throw new Failure(ExitCode.REFUSED, "nothing was sent");
        }
    }

    private boolean applied(Document document, Kinds kinds, ControlPlane controlPlane) {
        Kind kind = kinds.named(document.type()).orElseThrow();
        String mesh = document.mesh().isEmpty() ? "default" : document.mesh();
        if (kind.meshScoped() && document.mesh().isEmpty()) {
            document.content().put("mesh", mesh);
        }
        String title = document.type() + " " + (kind.meshScoped() ? mesh + "/" : "") + document.name();
        ObjectNode result = results.addObject().put("type", document.type());
        if (kind.meshScoped()) {
            result.put("mesh", mesh);
        }
        result.put("name", document.name());
        Answer answer;
        try {
            answer = controlPlane.put(
                    kind.item(mesh, document.name()) + (validateWithEnvoy ? "?validateWithEnvoy=true" : ""),
                    document.content());
        } catch (RefusedException refused) {
            say(title + " refused");
            result.put("outcome", "refused").put("reason", refused.getMessage());
            ArrayNode violations = result.putArray("violations");
            refused.violations()
                    .forEach(each ->
                            violations.addObject().put("field", each.field()).put("reason", each.reason()));
            if (refused.status() == 404 && kind.meshScoped()) {
                report(document, "mesh", "there is no mesh `" + mesh + "`; `higuma get meshes` lists them");
            } else if (refused.violations().isEmpty()) {
                report(document, "", refused.getMessage());
            }
            for (RefusedException.Violation violation : refused.violations()) {
                report(document, violation.field(), violation.reason());
            }
            return false;
        }
        String outcome = answer.status() == 201 ? "created" : answer.revision().isPresent() ? "updated" : "unchanged";
        String revision = answer.revision().isPresent()
                ? " (revision " + answer.revision().getAsLong() + ")"
                : "";
        say(title + " " + outcome + revision);
        result.put("outcome", outcome);
        answer.revision().ifPresent(number -> {
            result.put("revision", number);
            revisions.add(number);
        });
        for (JsonNode warning : answer.json().path("warnings")) {
            world.err().println("warning: " + title + ": " + warning.asString(""));
        }
        return true;
    }

    private void say(String line) {
        if (format == Format.table) {
            world.out().println(line);
        }
    }

    private void report(Document document, String path, String message) {
        report(document.source(), new Problem(path, message, document.place(path)));
    }

    private void report(String source, Problem problem) {
        String place = problem.location().known()
                ? ":" + problem.location().line() + ":" + problem.location().column()
                : "";
        String path = problem.path().isEmpty() ? "" : problem.path() + ": ";
        world.err().println("  " + source + place + ": " + path + problem.message());
    }
}
