package io.higuma.dataplane;

import io.higuma.dataplane.tproxy.Setting;
import io.higuma.dataplane.tproxy.SettingFlags;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
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

    /// Verbs that are called without `dp`.
    private static final Set<String> BARE = Set.of("install", "uninstall");

    private final CommandLine line;

    /// @param name of the program as it was called: the launcher script brings `higuma install` here as well
    private Main(String name, Map<String, String> environment, PrintWriter err) {
        CommandLine run = new CommandLine(new RunCommand(environment, err));
        SettingFlags.add(run.getCommandSpec(), EnumSet.of(Setting.USER));
        KumaDpSettings.add(run.getCommandSpec());
        line = new CommandLine(this)
                .addSubcommand(run)
                .addSubcommand(new DrainCommand(environment, err))
                .addSubcommand(VerifyCommand.of(environment, err))
                .addSubcommand(new InstallEnvoyCommand(environment, err))
                .addSubcommand(InstallCommands.install(environment, err))
                .addSubcommand(InstallCommands.uninstall(environment, err));
        line.setCommandName(name);
        line.setErr(err);
        line.getSubcommands()
                .values()
                .forEach(verb -> verb.setDefaultValueProvider(new EnvironmentDefaults(environment)));
        line.setExecutionExceptionHandler((failure, command, parsed) -> {
            if (failure instanceof StopException stop) {
                err.println(name + ": " + stop.getMessage());
                return stop.exitCode();
            }
            throw failure;
        });
        line.setParameterExceptionHandler((wrong, args) -> misused(name, wrong, err));
    }

    public static void main(String[] args) {
        System.exit(execute(System.getenv(), new PrintWriter(System.err, true, StandardCharsets.UTF_8), args));
    }

    static int execute(Map<String, String> environment, PrintWriter err, String... args) {
        boolean bare = args.length > 0 && BARE.contains(args[0]);
        return new Main(bare ? "higuma" : "higuma dp", environment, err).line.execute(args);
    }

    /// `higuma dp` alone shows what there is.
    @Override
    public void run() {
        line.usage(line.getOut());
    }

    private static int misused(String name, ParameterException wrong, PrintWriter err) {
        err.println(name + ": " + wrong.getMessage());
        if (!CommandLine.UnmatchedArgumentException.printSuggestions(wrong, err)) {
            err.println("Usage: try `" + wrong.getCommandLine().getCommandSpec().qualifiedName() + " --help`.");
        }
        return StopException.USAGE;
    }
}
