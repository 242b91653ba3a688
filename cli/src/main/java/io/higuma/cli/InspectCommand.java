package io.higuma.cli;

import io.higuma.cli.client.Answer;
import io.higuma.cli.client.ControlPlane;
import io.higuma.cli.output.Format;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/// `higuma inspect`: what one proxy has been given, how far a revision is, how the control plane is.
@Command(
        name = "inspect",
        description = "Look into a running proxy, a revision or the control plane: `inspect dataplane NAME`,"
                + " `inspect revision N`, `inspect cp`, `inspect problems`.",
        mixinStandardHelpOptions = true)
final class InspectCommand implements Callable<Integer> {

    private final Surroundings world;

    @Mixin
    private final Connection connection;

    @Parameters(index = "0", paramLabel = "WHAT", description = "One of: ${COMPLETION-CANDIDATES}.")
    private What what = What.dataplane;

    @Parameters(
            index = "1",
            arity = "0..1",
            paramLabel = "NAME",
            description = "The dataplane, the revision, or the policy (its KRI) of problems.")
    private String name = "";

    @Option(
            names = {"-m", "--mesh"},
            defaultValue = "default",
            description = "Mesh (default: ${DEFAULT-VALUE}).")
    private String mesh = "default";

    @Option(names = "--type", defaultValue = "config", description = "One of: ${COMPLETION-CANDIDATES}.")
    private View view = View.config;

    @Option(
            names = "--to",
            paramLabel = "[KIND/]NAME",
            description = "Of reach: a service that the proxy would still be told of; repeatable. Default: those"
                    + " whose permissions do not deny it.")
    private List<String> to = List.of();

    @Option(names = "--proxies", description = "Of a revision: every proxy it concerns.")
    private boolean proxies;

    @Option(
            names = {"-o", "--output"},
            defaultValue = "table",
            description = "One of: ${COMPLETION-CANDIDATES}.")
    private Format format = Format.table;

    InspectCommand(Surroundings world) {
        this.world = world;
        this.connection = new Connection(world);
    }

    @Override
    public Integer call() {
        if (name.isEmpty() && (what == What.dataplane || what == What.revision)) {
            throw new Failure(ExitCode.USAGE, "which " + what + "? `higuma inspect " + what + " NAME`");
        }
        try (ControlPlane controlPlane = connection.open()) {
            return switch (what) {
                case dataplane -> dataplane(controlPlane);
                case revision -> revision(new RevisionPages(world, controlPlane, format));
                case problems -> problems(controlPlane);
                case cp -> new ControlPlanePage(world, controlPlane, format).print();
            };
        }
    }

    private int problems(ControlPlane controlPlane) {
        String query = name.isEmpty() ? "" : "?origin=" + ControlPlane.segment(name);
        Answer answer = controlPlane.read("/_problems" + query);
        if (!answer.found()) {
            throw new Failure(ExitCode.REFUSED, "this control plane does not tell problems");
        }
        if (format != Format.table) {
            format.print(world.out(), answer.json());
            return ExitCode.OK;
        }
        if (answer.json().path("items").isEmpty()) {
            world.out().println("every connected proxy runs what it should, as far as it has answered");
        }
        for (JsonNode problem : answer.json().path("items")) {
            int count = problem.path("count").asInt(0);
            String proxies = count == 1
                    ? problem.path("proxies").path(0).asString("")
                    : count + " proxies, " + problem.path("proxies").path(0).asString("") + " among them";
            world.out().println(proxies + ": " + problem.path("message").asString(""));
            problem.path("policies").forEach(policy -> world.out().println("  because of " + policy.asString("")));
        }
        return ExitCode.OK;
    }

    private int revision(RevisionPages pages) {
        if (proxies) {
            pages.proxies(name);
        } else {
            pages.one(name);
        }
        return ExitCode.OK;
    }

    private int dataplane(ControlPlane controlPlane) {
        if (!to.isEmpty() && view != View.reach) {
            throw new Failure(ExitCode.USAGE, "--to belongs to `--type reach`");
        }
        String path = "/meshes/" + ControlPlane.segment(mesh) + "/dataplanes/" + ControlPlane.segment(name) + "/";
        Answer answer = controlPlane.read(path + view.path + query());
        if (!answer.found()) {
            throw new Failure(ExitCode.REFUSED, absent(answer));
        }
        if (format == Format.table && view != View.reach) {
            world.out().println(answer.text().stripTrailing());
        } else if (format == Format.table) {
            new ReachPage(world.out(), name, !to.isEmpty()).print(answer.json());
        } else {
            format.print(world.out(), answer.json());
        }
        return ExitCode.OK;
    }

    /// The control plane's own sentence, if it has one.
    private String absent(Answer answer) {
        String detail = answer.json().path("detail").asString("");
        return detail.isEmpty() || detail.equals("Not found")
                ? "there is no " + view + " of a " + what + " `" + name + "` in mesh `" + mesh
                        + "`: it is unknown or offline"
                : detail;
    }

    private String query() {
        return to.isEmpty()
                ? ""
                : to.stream().map(ControlPlane::segment).collect(Collectors.joining("&to=", "?to=", ""));
    }

    enum What {
        dataplane,
        revision,
        cp,
        problems
    }

    enum View {
        config("_config"),
        policies("_policies"),
        clusters("clusters"),
        stats("stats"),
        reach("_reach");

        private final String path;

        View(String path) {
            this.path = path;
        }
    }
}
