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

    public static void main(String[] args) {
        int code = new CommandLine(new Main()).execute(args);
        // A running control plane ends by a signal; everything else is over here.
        System.exit(code);
    }
}
