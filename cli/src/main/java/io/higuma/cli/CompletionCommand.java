package io.higuma.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `higuma completion`: a script for the shell.
@Command(
        name = "completion",
        description = "A completion script: `source <(higuma completion bash)`.",
        mixinStandardHelpOptions = true)
final class CompletionCommand implements Callable<Integer> {

    private final Surroundings world;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Parameters(paramLabel = "SHELL", description = "One of: ${COMPLETION-CANDIDATES}.")
    private Shell shell = Shell.bash;

    CompletionCommand(Surroundings world) {
        this.world = world;
    }

    @Override
    public Integer call() {
        if (shell == Shell.zsh) {
            // zsh reads bash completions through a bridge of its own.
            world.out().println("autoload -U +X compinit bashcompinit && compinit && bashcompinit");
        }
        world.out().print(Program.completion(spec.root().commandLine()));
        return ExitCode.OK;
    }

    enum Shell {
        bash,
        zsh
    }
}
