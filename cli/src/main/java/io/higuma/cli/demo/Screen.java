package io.higuma.cli.demo;

import java.io.PrintStream;
import java.util.List;

/// What a person sees. Colour only on a terminal that wants it; nothing at all when the result is for a program.
final class Screen {

    private static final String BOLD = "1";
    private static final String DIM = "2";
    private static final String RED = "31";
    private static final String GREEN = "32";
    private static final String CYAN = "36";

    private final PrintStream out;
    private final boolean colour;
    private final boolean silent;

    /// @param colour escape sequences may be used
    /// @param silent print nothing
    Screen(PrintStream out, boolean colour, boolean silent) {
        this.out = out;
        this.colour = colour;
        this.silent = silent;
    }

    void say(String line) {
        if (!silent) {
            out.println(line);
        }
    }

    void announce(int index, Step step) {
        say("");
        say(paint(BOLD, "(" + (char) ('a' + index) + ") " + step.title()));
        for (String part : step.done()) {
            boolean command = part.startsWith("higuma") || part.startsWith("kill");
            part.stripTrailing()
                    .lines()
                    .forEach(line -> say("    " + paint(command ? CYAN : DIM, (command ? "$ " : "  ") + line)));
        }
        say("    promised: " + step.promised());
    }

    void tell(Step.Outcome outcome) {
        boolean ok = outcome.observation().ok();
        for (String fact : outcome.observation().observed()) {
            say("    observed: " + (fact.startsWith("NOT AS") ? paint(RED, fact) : fact));
        }
        say("    " + paint(ok ? GREEN : RED, ok ? "✔ kept" : "✘ broken") + paint(DIM, "  " + outcome.millis() + " ms"));
    }

    void summary(List<Step.Outcome> outcomes, long millis) {
        long kept =
                outcomes.stream().filter(outcome -> outcome.observation().ok()).count();
        say("");
        say(paint(kept == outcomes.size() ? GREEN : RED, kept + " of " + outcomes.size() + " promises kept") + " in "
                + millis / 1000 + " s");
    }

    /// Draws over what was drawn before, if there was something of so many lines.
    void redraw(List<String> lines, boolean again) {
        if (again && colour) {
            out.print("\u001b[" + lines.size() + "A");
        }
        for (String line : lines) {
            out.println((colour ? "\u001b[K" : "") + line);
        }
        out.flush();
    }

    /// One line that moves while it is true; where nothing can move, only its end.
    void bar(String line, boolean end) {
        if (silent || (!colour && !end)) {
            return;
        }
        out.print((colour ? "\r\u001b[K" : "") + "    " + line + (end ? System.lineSeparator() : ""));
        out.flush();
    }

    String good(String text) {
        return paint(GREEN, text);
    }

    String bad(String text) {
        return paint(RED, text);
    }

    private String paint(String code, String text) {
        return colour ? "\u001b[" + code + "m" + text + "\u001b[0m" : text;
    }
}
