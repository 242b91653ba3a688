package io.higuma.schema.bind;

import java.util.Collection;
import java.util.Locale;
import java.util.Optional;

/// "Did you mean …?"
public final class Nearest {

    private static final int FAR = 3;

    private Nearest() {}

    /// The candidate within two edits of `name` that is nearest, the first of equals.
    public static Optional<String> to(String name, Collection<String> candidates) {
        String best = null;
        int bestDistance = FAR;
        for (String candidate : candidates.stream().sorted().toList()) {
            int distance = distance(name.toLowerCase(Locale.ROOT), candidate.toLowerCase(Locale.ROOT));
            if (distance < bestDistance) {
                best = candidate;
                bestDistance = distance;
            }
        }
        return Optional.ofNullable(best);
    }

    /// Levenshtein's distance, given up beyond [#FAR].
    private static int distance(String a, String b) {
        if (Math.abs(a.length() - b.length()) >= FAR) {
            return FAR;
        }
        int[] previous = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            previous[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int[] current = new int[b.length() + 1];
            current[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int substitution = previous[j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                current[j] = Math.min(substitution, Math.min(previous[j], current[j - 1]) + 1);
            }
            previous = current;
        }
        return previous[b.length()];
    }
}
