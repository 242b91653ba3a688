package io.higuma.cli;

import io.higuma.cli.client.ControlPlane;
import io.higuma.cli.client.Endpoint;
import io.higuma.cli.output.Format;
import io.higuma.cli.output.Table;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `higuma config`: which control planes there are, and which one is meant.
@Command(
        name = "config",
        description = "Control planes to work with: add, list, use, remove.",
        mixinStandardHelpOptions = true)
final class ConfigCommand {

    private ConfigCommand() {}

    static CommandLine of(Surroundings world) {
        return new CommandLine(new ConfigCommand())
                .addSubcommand(new Add(world))
                .addSubcommand(new List(world))
                .addSubcommand(new Use(world))
                .addSubcommand(new Remove(world));
    }

    @Command(name = "add", description = "Add a control plane and use it from now on.", mixinStandardHelpOptions = true)
    static final class Add implements Callable<Integer> {
        private final Surroundings world;

        @Parameters(paramLabel = "NAME", description = "What to call it.")
        private String name = "";

        @Option(
                names = "--address",
                required = true,
                paramLabel = "URL",
                description = "Such as https://cp.example.org:5682.")
        private String address = "";

        @Option(names = "--token-file", paramLabel = "FILE", description = "User token.")
        private @Nullable Path tokenFile;

        @Option(names = "--ca-cert-file", paramLabel = "FILE", description = "CA of its certificate.")
        private @Nullable Path caCertFile;

        @Option(names = "--skip-verify", description = "Trust any certificate.")
        private boolean skipVerify;

        @Option(names = "--skip-check", description = "Do not try to reach it now.")
        private boolean skipCheck;

        Add(Surroundings world) {
            this.world = world;
        }

        @Override
        public Integer call() {
            var entry = new KnownControlPlanes.Entry(
                    address,
                    Optional.ofNullable(tokenFile)
                            .map(file -> file.toAbsolutePath().toString()),
                    Optional.ofNullable(caCertFile)
                            .map(file -> file.toAbsolutePath().toString()),
                    skipVerify);
            if (!skipCheck) {
                check();
            }
            KnownControlPlanes known = KnownControlPlanes.read(world);
            Map<String, KnownControlPlanes.Entry> entries = new TreeMap<>(known.entries());
            entries.put(name, entry);
            new KnownControlPlanes(name, entries).write(world);
            world.out().println("added control plane " + name + "; it is in use from now on");
            return ExitCode.OK;
        }

        private void check() {
            var endpoint = new Endpoint(
                    URI.create(address), Optional.empty(), Optional.ofNullable(caCertFile), skipVerify, Duration.ZERO);
            try (ControlPlane controlPlane = new ControlPlane(endpoint)) {
                if (controlPlane.read("/").json().path("product").asString("").isEmpty()) {
                    throw new Failure(ExitCode.REFUSED, "what answers at " + address + " is not a control plane");
                }
            }
        }
    }

    @Command(name = "list", description = "List them; the one in use is marked.", mixinStandardHelpOptions = true)
    static final class List implements Callable<Integer> {
        private final Surroundings world;

        @Option(
                names = {"-o", "--output"},
                defaultValue = "table",
                description = "One of: ${COMPLETION-CANDIDATES}.")
        private Format format = Format.table;

        List(Surroundings world) {
            this.world = world;
        }

        @Override
        public Integer call() {
            KnownControlPlanes known = KnownControlPlanes.read(world);
            if (format != Format.table) {
                format.print(world.out(), known.tree());
                return ExitCode.OK;
            }
            Table table = new Table("ACTIVE", "NAME", "ADDRESS");
            new TreeMap<>(known.entries())
                    .forEach((name, entry) -> table.row(name.equals(known.inUse()) ? "*" : "", name, entry.address()));
            table.print(world.out());
            return ExitCode.OK;
        }
    }

    @Command(name = "use", description = "Use this one from now on.", mixinStandardHelpOptions = true)
    static final class Use implements Callable<Integer> {
        private final Surroundings world;

        @Parameters(paramLabel = "NAME", description = "One of `higuma config list`.")
        private String name = "";

        Use(Surroundings world) {
            this.world = world;
        }

        @Override
        public Integer call() {
            KnownControlPlanes known = KnownControlPlanes.read(world);
            known.named(name);
            new KnownControlPlanes(name, known.entries()).write(world);
            world.out().println("using control plane " + name);
            return ExitCode.OK;
        }
    }

    @Command(name = "remove", description = "Forget one.", mixinStandardHelpOptions = true)
    static final class Remove implements Callable<Integer> {
        private final Surroundings world;

        @Parameters(paramLabel = "NAME", description = "One of `higuma config list`.")
        private String name = "";

        Remove(Surroundings world) {
            this.world = world;
        }

        @Override
        public Integer call() {
            KnownControlPlanes known = KnownControlPlanes.read(world);
            known.named(name);
            Map<String, KnownControlPlanes.Entry> entries = new TreeMap<>(known.entries());
            entries.remove(name);
            new KnownControlPlanes(known.inUse().equals(name) ? "" : known.inUse(), entries).write(world);
            world.out().println("removed control plane " + name);
            return ExitCode.OK;
        }
    }
}
