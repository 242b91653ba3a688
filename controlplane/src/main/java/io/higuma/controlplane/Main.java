package io.higuma.controlplane;

import java.util.List;
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

    public static void main(String[] args) throws InterruptedException {
        // The usual start has nothing to parse. The parser's classes are too old for the ahead-of-time cache, so that
        // loading them would be a tenth of the way to the first answer.
        int code = List.of(args).equals(List.of("run"))
                ? new RunCommand().call()
                : command().execute(args);
        // A running control plane ends by a signal; everything else is over here.
        System.exit(code);
    }
}
