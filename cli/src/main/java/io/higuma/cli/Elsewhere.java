package io.higuma.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Unmatched;

/// Verbs that are programs of their own: the launcher script starts them. They stand here for the help and for the
/// completion; whoever comes by here has started the client's jar by hand.
final class Elsewhere {

    private Elsewhere() {}

    @Command(name = "cp", description = "Run a control plane: `higuma cp run`.", mixinStandardHelpOptions = true)
    static final class ControlPlaneVerb extends Verb {}

    @Command(
            name = "dp",
            description = "Put Envoy beside a service: `higuma dp run`, `dp drain`, `dp verify`, `dp install-envoy`.",
            mixinStandardHelpOptions = true)
    static final class DataplaneVerb extends Verb {}

    @Command(
            name = "install",
            description = "Put something into this host: `higuma install transparent-proxy`.",
            mixinStandardHelpOptions = true,
            subcommands = TransparentProxyVerb.class)
    static final class InstallVerb extends Group {}

    @Command(
            name = "uninstall",
            description = "Take it away again: `higuma uninstall transparent-proxy`.",
            mixinStandardHelpOptions = true,
            subcommands = TransparentProxyVerb.class)
    static final class UninstallVerb extends Group {}

    @Command(
            name = "transparent-proxy",
            description = "Rules that lead this host's traffic through Envoy.",
            mixinStandardHelpOptions = true)
    static final class TransparentProxyVerb extends Verb {}

    /// Alone it shows what there is.
    static class Group implements Runnable {

        @Spec
        private CommandSpec spec = CommandSpec.create();

        @Override
        public void run() {
            spec.commandLine().usage(spec.commandLine().getOut());
        }
    }

    static class Verb implements Callable<Integer> {

        @Unmatched
        private List<String> arguments = new ArrayList<>();

        @Override
        public Integer call() {
            throw new Failure(
                    ExitCode.USAGE,
                    "`" + String.join(" ", arguments) + "` is started by the `higuma` script, not by its client jar");
        }
    }
}
