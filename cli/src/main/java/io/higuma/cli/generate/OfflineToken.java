package io.higuma.cli.generate;

import io.higuma.cli.client.Json;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.UUID;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// A token made without a control plane (contract 8.1): RS256, with the key's id in its header.
final class OfflineToken {

    /// A verifier whose clock is a little behind must not refuse a fresh token.
    private static final Duration SKEW = Duration.ofSeconds(5);

    private OfflineToken() {}

    /// @param claims the claims of its kind; times and id are added
    static String sign(ObjectNode claims, SigningKey key, String keyId, Duration validFor, Instant now) {
        ObjectNode header = JsonNodeFactory.instance.objectNode();
        header.put("alg", "RS256").put("kid", keyId).put("typ", "JWT");
        ObjectNode all = claims.deepCopy();
        all.put("exp", now.plus(validFor).getEpochSecond());
        all.put("nbf", now.minus(SKEW).getEpochSecond());
        all.put("iat", now.minus(SKEW).getEpochSecond());
        all.put("jti", UUID.randomUUID().toString());
        String signed = base64(Json.write(header).getBytes(StandardCharsets.UTF_8)) + "."
                + base64(Json.write(all).getBytes(StandardCharsets.UTF_8));
        return signed + "." + base64(key.sign(signed.getBytes(StandardCharsets.US_ASCII)));
    }

    private static String base64(byte[] content) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(content);
    }
}
