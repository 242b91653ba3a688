package io.higuma.cli.generate;

import io.higuma.cli.Surroundings;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/// `higuma generate`: tokens, keys and certificates.
@Command(
        name = "generate",
        description = "Tokens, keys and certificates: online through the control plane or offline with a key.",
        mixinStandardHelpOptions = true)
public final class GenerateCommand {

    private GenerateCommand() {}

    public static CommandLine of(Surroundings world) {
        return new CommandLine(new GenerateCommand())
                .addSubcommand(new TokenCommands.Dataplane(world))
                .addSubcommand(new TokenCommands.User(world))
                .addSubcommand(new TokenCommands.Zone(world))
                .addSubcommand(new KeyCommands.Signing(world))
                .addSubcommand(new KeyCommands.Public(world))
                .addSubcommand(new KeyCommands.TlsCertificate(world));
    }
}
