package io.higuma.dataplane.bootstrap;

import io.higuma.dataplane.StopException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/// A dataplane token, checked for its form only: a wrong file is told here and not by a refusal from far away.
///
/// @param text the JWT; never printed
public record Token(String text) {

    /// @param from what to call it in messages: `token under file PATH`
    /// @throws StopException if it cannot be a token
    public static Token of(String from, String content) {
        String text = content.strip();
        if (text.isEmpty()) {
            throw new StopException(StopException.REFUSED, from + " is empty");
        }
        if (text.chars().anyMatch(Character::isWhitespace)) {
            throw new StopException(StopException.REFUSED, from + " has more than one line or word: expected one JWT");
        }
        String[] parts = text.split("\\.", -1);
        if (parts.length != 3 || !hasAlgorithm(parts[0])) {
            throw new StopException(
                    StopException.REFUSED, from + " is not a JWT: make one with `higuma generate dataplane-token`");
        }
        return new Token(text);
    }

    private static boolean hasAlgorithm(String header) {
        try {
            String json = new String(Base64.getUrlDecoder().decode(header), StandardCharsets.UTF_8);
            return JsonMapper.shared().readTree(json).has("alg");
        } catch (IllegalArgumentException | JacksonException notOne) {
            return false;
        }
    }

    @Override
    public String toString() {
        return "[redacted]";
    }
}
