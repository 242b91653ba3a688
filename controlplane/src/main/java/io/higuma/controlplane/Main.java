package io.higuma.controlplane;

import picocli.CommandLine;
import picocli.CommandLine.Command;

/// `higuma cp`.
@Command(
        name = "higuma cp",
        description = "The control plane.",
        mixinStandardHelpOptions = true,
        subcommands = {RunCommand.class, ConfigCommand.class},
        synopsisSubcommandLabel = "COMMAND")
public final class Main {

    private Main() {}

    static CommandLine command() {
        return new CommandLine(new Main());
    }

    public static void main(String[] args) {
        int code = command().execute(args);
        // A running control plane ends by a signal; everything else is over here.
        System.exit(code);
    }
}
