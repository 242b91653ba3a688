package io.higuma.cli;

import io.higuma.cli.client.RefusedException;
import io.higuma.cli.client.UnreachableException;
import io.higuma.cli.demo.DemoCommand;
import io.higuma.cli.generate.GenerateCommand;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// The tree of verbs, and what an end of each kind means for the exit code.
@Command(
        name = "higuma",
        description = "A universal service mesh.%n",
        synopsisSubcommandLabel = "VERB",
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:done",
            "1:refused by the control plane or by the check before it",
            "2:wrong usage",
            "3:something this machine should have is missing",
            "4:no control plane answers",
            "5:applied in part: some documents were refused",
            "6:--wait: some proxies refuse what was written",
            "7:--wait: some proxies have not answered in time"
        },
        mixinStandardHelpOptions = true,
        versionProvider = VersionCommand.Client.class)
public final class Program implements Runnable {

    @Spec
    private CommandSpec spec = CommandSpec.create();

    private Program() {}

    static CommandLine of(Surroundings world) {
        CommandLine line = new CommandLine(new Program())
                .addSubcommand(new Elsewhere.ControlPlaneVerb())
                .addSubcommand(new Elsewhere.DataplaneVerb())
                .addSubcommand(new Elsewhere.InstallVerb())
                .addSubcommand(new Elsewhere.UninstallVerb())
                .addSubcommand(new ApplyCommand(world))
                .addSubcommand(new GetCommand(world))
                .addSubcommand(new DeleteCommand(world))
                .addSubcommand(new InspectCommand(world))
                .addSubcommand(GenerateCommand.of(world))
                .addSubcommand(ConfigCommand.of(world))
                .addSubcommand(new DemoCommand(world))
                .addSubcommand(new VersionCommand(world))
                .addSubcommand(new CompletionCommand(world));
        line.setOut(new PrintWriter(world.out(), true, StandardCharsets.UTF_8));
        line.setErr(new PrintWriter(world.err(), true, StandardCharsets.UTF_8));
        line.setCaseInsensitiveEnumValuesAllowed(true);
        line.setExecutionExceptionHandler((failure, command, parsed) -> ended(failure, world));
        line.setParameterExceptionHandler((wrong, args) -> misused(wrong, world));
        return line;
    }

    /// `higuma` alone shows what there is.
    @Override
    public void run() {
        spec.commandLine().usage(spec.commandLine().getOut());
    }

    /// The script that completes verbs and options.
    static String completion(CommandLine root) {
        return AutoComplete.bash("higuma", root);
    }

    private static int ended(Exception failure, Surroundings world) throws Exception {
        return switch (failure) {
            case Failure known -> say(world, known.getMessage(), known.exitCode());
            case UnreachableException nobody ->
                say(
                        world,
                        nobody.getMessage() + "\nStart one with `higuma cp run`, or name another: --address,"
                                + " HIGUMA_API_ADDRESS, `higuma config add`.",
                        ExitCode.UNREACHABLE);
            case RefusedException refused -> say(world, words(refused), ExitCode.REFUSED);
            default -> throw failure;
        };
    }

    private static int say(Surroundings world, String message, int exitCode) {
        if (!message.isEmpty()) {
            world.err().println("higuma: " + message);
        }
        return exitCode;
    }

    private static String words(RefusedException refused) {
        StringBuilder text = new StringBuilder(refused.getMessage());
        for (RefusedException.Violation violation : refused.violations()) {
            text.append("\n  ")
                    .append(violation.field().isEmpty() ? "" : violation.field() + ": ")
                    .append(violation.reason());
        }
        return text.toString();
    }

    private static int misused(ParameterException wrong, Surroundings world) {
        world.err().println("higuma: " + wrong.getMessage());
        CommandLine command = wrong.getCommandLine();
        if (!CommandLine.UnmatchedArgumentException.printSuggestions(wrong, command.getErr())) {
            world.err().println("Usage: try `" + command.getCommandSpec().qualifiedName() + " --help`.");
        }
        return ExitCode.USAGE;
    }
}
