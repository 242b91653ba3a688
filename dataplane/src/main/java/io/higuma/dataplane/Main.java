package io.higuma.dataplane;

import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ParameterException;

/// The entry point of `higuma dp`.
@Command(
        name = "higuma dp",
        description = "Put Envoy beside a service.%n",
        synopsisSubcommandLabel = "VERB",
        mixinStandardHelpOptions = true)
public final class Main implements Runnable {

    private final CommandLine line;

    private Main(Map<String, String> environment, PrintWriter err) {
        line = new CommandLine(this)
                .addSubcommand(new RunCommand(environment, err))
                .addSubcommand(new DrainCommand(environment, err))
                .addSubcommand(new InstallEnvoyCommand(environment, err));
        line.setErr(err);
        line.getSubcommands()
                .values()
                .forEach(verb -> verb.setDefaultValueProvider(new EnvironmentDefaults(environment)));
        line.setExecutionExceptionHandler((failure, command, parsed) -> {
            if (failure instanceof StopException stop) {
                err.println("higuma dp: " + stop.getMessage());
                return stop.exitCode();
            }
            throw failure;
        });
        line.setParameterExceptionHandler((wrong, args) -> misused(wrong, err));
    }

    public static void main(String[] args) {
        System.exit(execute(System.getenv(), new PrintWriter(System.err, true, StandardCharsets.UTF_8), args));
    }

    static int execute(Map<String, String> environment, PrintWriter err, String... args) {
        return new Main(environment, err).line.execute(args);
    }

    /// `higuma dp` alone shows what there is.
    @Override
    public void run() {
        line.usage(line.getOut());
    }

    private static int misused(ParameterException wrong, PrintWriter err) {
        err.println("higuma dp: " + wrong.getMessage());
        if (!CommandLine.UnmatchedArgumentException.printSuggestions(wrong, err)) {
            err.println("Usage: try `" + wrong.getCommandLine().getCommandSpec().qualifiedName() + " --help`.");
        }
        return StopException.USAGE;
    }
}
