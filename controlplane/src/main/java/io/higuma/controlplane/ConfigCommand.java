package io.higuma.controlplane;

import io.higuma.controlplane.config.ConfigException;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// `higuma cp config print`.
@Command(
        name = "config",
        description = "Shows the configuration a control plane would run with.",
        mixinStandardHelpOptions = true,
        subcommands = ConfigCommand.Print.class)
final class ConfigCommand {

    @Command(name = "print", description = "Prints every setting.")
    static final class Print implements Callable<Integer> {

        @Mixin
        ConfigSources sources = new ConfigSources();

        @Option(names = "--with-origin", description = "Says where each value comes from.")
        boolean withOrigin;

        @Spec
        CommandSpec spec = CommandSpec.create();

        @Override
        public Integer call() {
            PrintWriter out = spec.commandLine().getOut();
            try {
                out.print(sources.load(System.getenv()).print(withOrigin));
                out.flush();
                return 0;
            } catch (ConfigException e) {
                spec.commandLine().getErr().println(e.getMessage());
                return 1;
            }
        }
    }
}
