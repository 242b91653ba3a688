package io.higuma.dataplane.agent;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/// DNS messages as clients send them.
final class Messages {

    static final int MX = 15;

    private Messages() {}

    /// @param edns how long an answer may be; 0 for a client without EDNS
    static byte[] question(String name, int type, int kind, int edns) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        bytes.writeBytes(new byte[] {0x12, 0x34, 1, 0, 0, 1, 0, 0, 0, 0, 0, (byte) (edns == 0 ? 0 : 1)});
        for (String label : name.isEmpty() ? new String[0] : name.split("\\.", -1)) {
            bytes.write(label.length());
            bytes.writeBytes(label.getBytes(StandardCharsets.ISO_8859_1));
        }
        bytes.writeBytes(new byte[] {0, (byte) (type >> 8), (byte) type, 0, (byte) kind});
        if (edns > 0) {
            bytes.writeBytes(new byte[] {0, 0, 41, (byte) (edns >> 8), (byte) edns, 0, 0, 0, 0, 0, 0});
        }
        return bytes.toByteArray();
    }

    static byte[] question(String name, int type) {
        return question(name, type, Query.INTERNET, 0);
    }

    static int code(byte[] answer) {
        return answer[3] & 0xf;
    }

    static int answers(byte[] answer) {
        return answer[6] << 8 | answer[7];
    }
}
