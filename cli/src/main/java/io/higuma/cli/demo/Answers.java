package io.higuma.cli.demo;

/// Who answered the calls of a canary: a count of one moment, so that its numbers belong together.
///
/// @param first calls that the old version answered
/// @param second calls that the new version answered
/// @param failed calls that neither answered
record Answers(int first, int second, int failed) {

    static final Answers NONE = new Answers(0, 0, 0);

    private static final int WIDTH = 40;

    /// This and one call more.
    Answers and(Call call) {
        return switch (call.ok() ? call.service() : "") {
            case "catalog-1" -> new Answers(first + 1, second, failed);
            case "catalog-2" -> new Answers(first, second + 1, failed);
            default -> new Answers(first, second, failed + 1);
        };
    }

    /// What the new version has of all calls, 0 to 1; 0 when there was none.
    double newShare() {
        int total = first + second + failed;
        return total == 0 ? 0 : second / (double) total;
    }

    /// The share as a bar of the same width for every count, and [#told].
    String bar(int weight) {
        int filled = (int) Math.round(newShare() * WIDTH);
        return "v1 " + "░".repeat(WIDTH - filled) + "█".repeat(filled) + " v2  " + told(weight);
    }

    /// The counts as a sentence.
    ///
    /// @param weight the new version's weight, of 100
    String told(int weight) {
        return "weight " + weight + " of 100 for v2: " + second + " calls against " + first;
    }
}
