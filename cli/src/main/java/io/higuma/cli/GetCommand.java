package io.higuma.cli;

import io.higuma.cli.client.Answer;
import io.higuma.cli.client.ControlPlane;
import io.higuma.cli.client.Kind;
import io.higuma.cli.client.Kinds;
import io.higuma.cli.output.Age;
import io.higuma.cli.output.DataplaneRows;
import io.higuma.cli.output.Format;
import io.higuma.cli.output.Table;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/// `higuma get`: the types there are, the resources of one type, or one resource.
@Command(
        name = "get",
        description = "Show resources: `get` lists the types, `get TYPE` the resources, `get TYPE NAME` one.",
        mixinStandardHelpOptions = true)
final class GetCommand implements Callable<Integer> {

    /// Revisions that are shown when nobody says how many.
    private static final int RECENT = 20;

    private final Surroundings world;

    @Mixin
    private final Connection connection;

    @Parameters(
            index = "0",
            arity = "0..1",
            paramLabel = "TYPE",
            description = "Its name, plural or short form; `revisions` are the newest writes.")
    private @Nullable String type;

    @Parameters(index = "1", arity = "0..1", paramLabel = "NAME", description = "One resource.")
    private @Nullable String name;

    @Option(
            names = {"-m", "--mesh"},
            defaultValue = "default",
            description = "Mesh (default: ${DEFAULT-VALUE}).")
    private String mesh = "default";

    @Option(
            names = {"-A", "--all-meshes"},
            description = "Lists: of every mesh.")
    private boolean allMeshes;

    @Option(
            names = {"-o", "--output"},
            defaultValue = "table",
            description = "One of: ${COMPLETION-CANDIDATES}.")
    private Format format = Format.table;

    @Option(names = "--size", paramLabel = "N", description = "Lists: at most so many; default: all.")
    private int size;

    @Option(names = "--offset", paramLabel = "N", description = "Lists: from this one on.")
    private @Nullable String offset;

    GetCommand(Surroundings world) {
        this.world = world;
        this.connection = new Connection(world);
    }

    @Override
    public Integer call() {
        try (ControlPlane controlPlane = connection.open()) {
            if ("revisions".equals(type) || "revision".equals(type)) {
                revisions(new RevisionPages(world, controlPlane, format), controlPlane);
                return ExitCode.OK;
            }
            if (type == null) {
                types(controlPlane);
                return ExitCode.OK;
            }
            Kinds kinds = Kinds.of(controlPlane);
            Kind kind = kinds.called(type)
                    .orElseThrow(() -> new Failure(
                            ExitCode.USAGE,
                            "the control plane has no type `" + type + "`; `higuma get` lists the types"));
            return name == null ? list(controlPlane, kind) : one(controlPlane, kind, name);
        }
    }

    private void revisions(RevisionPages pages, ControlPlane controlPlane) {
        if (name == null) {
            pages.list(Listing.read(controlPlane, "/revisions", size == 0 ? RECENT : size, offset));
        } else {
            pages.one(name);
        }
    }

    private void types(ControlPlane controlPlane) {
        if (format != Format.table) {
            format.print(world.out(), controlPlane.read("/_resources").json());
            return;
        }
        Table table = new Table("TYPE", "NAME", "SHORT", "SCOPE");
        Kinds.of(controlPlane)
                .all()
                .forEach(kind ->
                        table.row(kind.name(), kind.path(), kind.shortName(), kind.meshScoped() ? "mesh" : "global"));
        table.print(world.out());
    }

    private int one(ControlPlane controlPlane, Kind kind, String resource) {
        boolean overview = format == Format.table && kind.name().equals("Dataplane");
        Answer answer = controlPlane.read(kind.item(mesh, resource) + (overview ? "/_overview" : ""));
        if (!answer.found()) {
            throw new Failure(ExitCode.REFUSED, absent(kind, resource));
        }
        if (format != Format.table) {
            format.print(world.out(), answer.json());
        } else if (overview) {
            DataplaneRows rows = new DataplaneRows(world.clock().instant());
            rows.add(answer.json());
            rows.print(world.out());
        } else {
            Table table = header(kind);
            row(table, kind, answer.json());
            table.print(world.out());
        }
        return ExitCode.OK;
    }

    private int list(ControlPlane controlPlane, Kind kind) {
        boolean overview = format == Format.table && kind.name().equals("Dataplane");
        String path =
                (allMeshes && kind.meshScoped() ? "/" + kind.path() : kind.list(mesh)) + (overview ? "/_overview" : "");
        Listing listing = Listing.read(controlPlane, path, size, offset);
        if (!listing.found()) {
            throw new Failure(ExitCode.REFUSED, "there is no mesh `" + mesh + "`");
        }
        if (format != Format.table) {
            format.print(world.out(), listing.tree());
            return ExitCode.OK;
        }
        if (overview) {
            DataplaneRows rows = new DataplaneRows(world.clock().instant());
            listing.items().forEach(rows::add);
            rows.print(world.out());
        } else {
            Table table = header(kind);
            listing.items().forEach(item -> row(table, kind, item));
            table.print(world.out());
        }
        if (!listing.next().isEmpty()) {
            world.out().println("\nThere are more: --offset=" + listing.next());
        }
        return ExitCode.OK;
    }

    private String absent(Kind kind, String resource) {
        return "there is no " + kind.name() + " `" + resource + "`"
                + (kind.meshScoped() ? " in mesh `" + mesh + "`" : "");
    }

    private static Table header(Kind kind) {
        return kind.meshScoped() ? new Table("MESH", "NAME", "AGE") : new Table("NAME", "AGE");
    }

    private void row(Table table, Kind kind, JsonNode item) {
        String age =
                Age.of(item.path("modificationTime").asString(""), world.clock().instant());
        String resource = item.path("name").asString("");
        if (kind.meshScoped()) {
            table.row(item.path("mesh").asString(""), resource, age);
        } else {
            table.row(resource, age);
        }
    }
}
