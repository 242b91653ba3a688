package io.higuma.dataplane;

import io.higuma.dataplane.tproxy.ChainName;
import io.higuma.dataplane.tproxy.Redirection;
import io.higuma.dataplane.tproxy.Setting;
import io.higuma.dataplane.tproxy.SettingFlags;
import io.higuma.dataplane.tproxy.Settings;
import io.higuma.dataplane.tproxy.Tools;
import io.higuma.dataplane.tproxy.verify.Check;
import io.higuma.dataplane.tproxy.verify.Verification;
import io.higuma.model.Problems;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// `higuma dp verify`: proves with real connections that traffic is captured. Takes the settings that
/// `install transparent-proxy` was given.
@Command(
        name = "verify",
        abbreviateSynopsis = true,
        description = "Prove with real connections what goes through Envoy and what does not.",
        footer = {"", "Give it the settings that `install transparent-proxy` or `dp run` was given."},
        sortOptions = false,
        mixinStandardHelpOptions = true)
final class VerifyCommand implements Callable<Integer> {

    private static final Set<Setting> NOT_HERE = EnumSet.of(Setting.DRY_RUN, Setting.FIREWALLD);

    private final Map<String, String> environment;
    private final PrintWriter err;

    @Option(
            names = {"-o", "--output"},
            defaultValue = "table",
            description = "${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}).")
    private Format output = Format.table;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    private VerifyCommand(Map<String, String> environment, PrintWriter err) {
        this.environment = environment;
        this.err = err;
    }

    static CommandLine of(Map<String, String> environment, PrintWriter err) {
        CommandLine line = new CommandLine(new VerifyCommand(environment, err));
        SettingFlags.add(line.getCommandSpec(), EnumSet.complementOf(EnumSet.copyOf(NOT_HERE)));
        return line;
    }

    enum Format {
        table,
        json
    }

    @Override
    public Integer call() throws IOException {
        Problems problems = new Problems();
        Settings settings = SettingFlags.read(spec.commandLine().getParseResult(), environment, problems);
        InstallCommands.Given given = InstallCommands.Given.of(settings, environment, err, problems);
        List<Setting> seen =
                seen(given.redirection()).stream().filter(settings::isSilent).toList();
        if (!seen.isEmpty()) {
            seen.forEach(setting -> settings.say(setting, "true", "the rules"));
            given = InstallCommands.Given.of(settings, environment, err, problems);
        }
        int self = (Integer) Files.getAttribute(Path.of("/proc/self"), "unix:uid");
        List<String> holders =
                Redirection.isAdministrator() ? given.redirection().holders() : List.of();
        List<Check> checks = Verification.run(
                given.config(), Tools.of(given.options().executables(), environment, call -> {}), holders, self);
        boolean failed = checks.stream().anyMatch(check -> check.result() == Check.Result.FAILED);
        System.out.print(output == Format.json ? json(checks, !failed) : table(checks));
        System.out.flush();
        return failed ? StopException.REFUSED : 0;
    }

    /// What can be seen in the rules, and so need not be said.
    private static List<Setting> seen(Redirection rules) {
        if (!rules.holds(ChainName.DNS)) {
            return List.of();
        }
        Setting captured = rules.holds(ChainName.DNS_STREAM) ? Setting.DNS_ALL : Setting.DNS;
        return rules.holds(ChainName.DNS_QUESTION) ? List.of(captured) : List.of(captured, Setting.DNS_NO_ZONES);
    }

    private static String table(List<Check> checks) {
        StringBuilder text = new StringBuilder();
        for (Check check : checks) {
            text.append("%-9s %-24s %s%n".formatted(lower(check), check.name(), check.text()));
        }
        return text.toString();
    }

    private static String json(List<Check> checks, boolean ok) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("ok", ok);
        ArrayNode list = json.putArray("checks");
        checks.forEach(check -> list.addObject()
                .put("name", check.name())
                .put("result", lower(check))
                .put("text", check.text()));
        return json.toPrettyString() + "\n";
    }

    private static String lower(Check check) {
        return check.result().name().toLowerCase(Locale.ROOT);
    }
}
