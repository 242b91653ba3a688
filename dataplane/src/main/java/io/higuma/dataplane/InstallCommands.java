package io.higuma.dataplane;

import io.higuma.dataplane.tproxy.Redirection;
import io.higuma.dataplane.tproxy.Setting;
import io.higuma.dataplane.tproxy.SettingFlags;
import io.higuma.dataplane.tproxy.Settings;
import io.higuma.dataplane.tproxy.SettingsReader;
import io.higuma.dataplane.tproxy.ToolOptions;
import io.higuma.dataplane.tproxy.Tools;
import io.higuma.dataplane.tproxy.TransparentProxyConfig;
import io.higuma.dataplane.tproxy.Users;
import io.higuma.model.Problems;
import java.io.PrintWriter;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/// `higuma install transparent-proxy` and `higuma uninstall transparent-proxy`, with the flags of kumactl.
final class InstallCommands {

    private InstallCommands() {}

    static CommandLine install(Map<String, String> environment, PrintWriter err) {
        CommandLine proxy = new CommandLine(new Install(environment, err));
        SettingFlags.add(proxy.getCommandSpec(), EnumSet.allOf(Setting.class));
        return new CommandLine(new Group()).setCommandName("install").addSubcommand(proxy);
    }

    static CommandLine uninstall(Map<String, String> environment, PrintWriter err) {
        CommandLine proxy = new CommandLine(new Uninstall(environment, err));
        SettingFlags.add(
                proxy.getCommandSpec(),
                EnumSet.of(
                        Setting.DRY_RUN,
                        Setting.VERBOSE,
                        Setting.EXECUTABLES,
                        Setting.WAIT,
                        Setting.RETRIES,
                        Setting.RETRY_PAUSE));
        CommandLine group = new CommandLine(new Group()).setCommandName("uninstall");
        group.getCommandSpec().usageMessage().description("Take it away again: `transparent-proxy`.");
        return group.addSubcommand(proxy);
    }

    /// What the settings of a command line come to.
    record Given(TransparentProxyConfig config, ToolOptions options, boolean dryRun, Redirection redirection) {

        static Given of(Settings settings, Map<String, String> environment, PrintWriter err, Problems problems) {
            TransparentProxyConfig config = SettingsReader.read(settings, Users.ofHost(), problems);
            ToolOptions options = ToolOptions.read(settings, problems);
            boolean dryRun = settings.flag(Setting.DRY_RUN, problems);
            boolean verbose = settings.flag(Setting.VERBOSE, problems);
            SettingFlags.stopOn(problems);
            Tools tools = Tools.of(options.executables(), environment, call -> {
                if (verbose) {
                    err.println("+ " + call);
                }
            });
            return new Given(config, options, dryRun, new Redirection(tools, options));
        }
    }

    @Command(description = "Put something into this host: `transparent-proxy`.", mixinStandardHelpOptions = true)
    static final class Group implements Runnable {

        @Spec
        private CommandSpec spec = CommandSpec.create();

        @Override
        public void run() {
            spec.commandLine().usage(spec.commandLine().getOut());
        }
    }

    @Command(
            name = "transparent-proxy",
            abbreviateSynopsis = true,
            description = "Lead this host's traffic through Envoy. Repeating it replaces what is there.",
            sortOptions = false,
            mixinStandardHelpOptions = true)
    static final class Install implements Callable<Integer> {

        private final Map<String, String> environment;
        private final PrintWriter err;

        @Spec
        private CommandSpec spec = CommandSpec.create();

        Install(Map<String, String> environment, PrintWriter err) {
            this.environment = environment;
            this.err = err;
        }

        @Override
        public Integer call() {
            Problems problems = new Problems();
            Settings settings = SettingFlags.read(spec.commandLine().getParseResult(), environment, problems);
            Given given = Given.of(settings, environment, err, problems);
            warnOfLockingOut(given.config());
            if (given.dryRun()) {
                System.out.print(given.redirection().preview(given.config()));
                System.out.flush();
                if (!Redirection.isAdministrator()) {
                    err.println("not root: which tool would be taken is a guess, and nothing was tried");
                }
                return 0;
            }
            String tool = given.redirection().install(given.config());
            err.println("traffic goes through Envoy's ports "
                    + given.config().outbound().port() + " and "
                    + given.config().inbound().port() + " now (" + tool + "), except that of user "
                    + given.config().user().uid() + "; `higuma dp verify` proves it, `higuma uninstall"
                    + " transparent-proxy` undoes it");
            return 0;
        }

        /// Whoever installs this over ssh wants to come back.
        private void warnOfLockingOut(TransparentProxyConfig config) {
            String[] words = environment.getOrDefault("SSH_CONNECTION", "").split(" ");
            Optional<Integer> port = words.length == 4 && words[3].matches("[0-9]{1,5}")
                    ? Optional.of(Integer.parseInt(words[3]))
                    : Optional.empty();
            boolean captured = port.isPresent()
                    && config.inbound().enabled()
                    && config.inbound().only().isEmpty()
                    && config.inbound().notPorts().stream()
                            .noneMatch(range -> range.first() <= port.get() && port.get() <= range.last());
            if (captured) {
                err.println("warning: new ssh connections to port " + port.get()
                        + " will go through Envoy too: keep them out with --exclude-inbound-ports " + port.get());
            }
        }
    }

    @Command(
            name = "transparent-proxy",
            abbreviateSynopsis = true,
            description = "Take away everything that `install transparent-proxy` made; all else stays.",
            sortOptions = false,
            mixinStandardHelpOptions = true)
    static final class Uninstall implements Callable<Integer> {

        private final Map<String, String> environment;
        private final PrintWriter err;

        @Spec
        private CommandSpec spec = CommandSpec.create();

        Uninstall(Map<String, String> environment, PrintWriter err) {
            this.environment = environment;
            this.err = err;
        }

        @Override
        public Integer call() {
            Problems problems = new Problems();
            Settings settings = SettingFlags.read(spec.commandLine().getParseResult(), environment, problems);
            Given given = Given.of(settings, environment, err, problems);
            List<String> holders = given.dryRun()
                    ? given.redirection().holders()
                    : given.redirection().uninstall();
            err.println(
                    holders.isEmpty()
                            ? "nothing of Higuma is in the packet filter"
                            : (given.dryRun() ? "would be removed from " : "removed from ")
                                    + String.join(" and ", holders));
            return 0;
        }
    }
}
