package io.higuma.model.wire;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;

/// Versions of resources: the first 96 bits of SHA-256 over the bytes, base64url, 16 characters.
public final class Versions {

    private static final int BYTES = 12;

    private Versions() {}

    public static String of(Bytes bytes) {
        return text(sha256().digest(bytes.array()));
    }

    static String text(byte[] digest) {
        byte[] head = new byte[BYTES];
        System.arraycopy(digest, 0, head, 0, BYTES);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(head);
    }

    static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
