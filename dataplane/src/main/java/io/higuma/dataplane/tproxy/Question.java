package io.higuma.dataplane.tproxy;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;

/// A domain as it stands in a DNS question: each label behind its length, a zero at the end (RFC 1035 4.1.2).
/// `mesh.local` is `04 m e s h 05 l o c a l 00`. A name below it ends with just these bytes.
final class Question {

    /// A name has at most 255 bytes in a question.
    private static final int LONGEST_NAME = 255;

    /// Bytes of the headers of UDP and of DNS before the name.
    private static final int BEFORE_NAME = 8 + 12;

    /// The packet filter compares at most so many bytes at once.
    private static final int AT_ONCE = 16;

    private Question() {}

    static byte[] wire(String domain) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        for (String label : domain.split("\\.", -1)) {
            bytes.write(label.length());
            bytes.writeBytes(label.getBytes(StandardCharsets.US_ASCII));
        }
        bytes.write(0);
        return bytes.toByteArray();
    }

    static String hex(String domain) {
        return HexFormat.of().formatHex(wire(domain));
    }

    /// nft compares bytes at a place it is told, so there is one comparison for each place at which the domain can
    /// stand. The bit that tells capital letters is masked out; the length of a label is never taken for a letter,
    /// because it is 63 at most.
    static List<String> nftMatches(String domain) {
        byte[] wire = wire(domain);
        List<String> matches = new ArrayList<>();
        for (int before = 0; before + wire.length <= LONGEST_NAME; before++) {
            matches.add(at(BEFORE_NAME + before, wire));
        }
        return matches;
    }

    private static String at(int offset, byte[] wire) {
        StringBuilder text = new StringBuilder();
        for (int from = 0; from < wire.length; from += AT_ONCE) {
            int length = Math.min(AT_ONCE, wire.length - from);
            StringBuilder mask = new StringBuilder();
            StringBuilder value = new StringBuilder();
            for (int i = from; i < from + length; i++) {
                boolean letter = wire[i] >= 'a' && wire[i] <= 'z';
                mask.append(letter ? "df" : "ff");
                value.append(String.format(Locale.ROOT, "%02x", letter ? wire[i] - 0x20 : wire[i]));
            }
            text.append(text.isEmpty() ? "" : " ")
                    .append("@th,")
                    .append((offset + from) * 8)
                    .append(',')
                    .append(length * 8)
                    .append(" & 0x")
                    .append(mask)
                    .append(" == 0x")
                    .append(value);
        }
        return text.toString();
    }
}
