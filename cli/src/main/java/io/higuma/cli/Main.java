package io.higuma.cli;

/// The entry point of the client verbs.
public final class Main {

    private Main() {}

    public static void main(String[] args) {
        int code = Program.of(Surroundings.ofProcess()).execute(args);
        System.out.flush();
        System.err.flush();
        System.exit(code);
    }
}
