package io.higuma.cli.generate;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// PEM blocks (RFC 7468).
final class Pem {

    private static final Pattern BLOCK =
            Pattern.compile("-----BEGIN ([A-Z0-9 ]+)-----\\s+([A-Za-z0-9+/=\\s]+)-----END \\1-----");

    private Pem() {}

    /// One block. The bytes are the block's own; nobody changes them.
    @SuppressWarnings("ArrayRecordComponent")
    record Block(String label, byte[] content) {}

    static String write(String label, byte[] content) {
        String body = Base64.getMimeEncoder(64, "\n".getBytes(StandardCharsets.US_ASCII))
                .encodeToString(content);
        return "-----BEGIN " + label + "-----\n" + body + "\n-----END " + label + "-----\n";
    }

    /// The first block of a text.
    ///
    /// @throws IllegalArgumentException if there is none
    static Block read(String text) {
        Matcher block = BLOCK.matcher(text);
        if (!block.find()) {
            throw new IllegalArgumentException("expected a PEM block (-----BEGIN …-----)");
        }
        return new Block(block.group(1), Base64.getMimeDecoder().decode(block.group(2)));
    }
}
