package io.higuma.dataplane.envoy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/// Asks an Envoy of this host over HTTP/1.1, one request per connection: on a Unix socket, of which the JDK's HTTP
/// client knows nothing, or on a loopback port.
///
/// @param address where it listens
/// @param most bytes of an answer
public record EnvoySocket(SocketAddress address, int most) {

    /// @param status such as 200
    /// @param headers by name in lower case
    public record Answer(int status, Map<String, String> headers, String body) {}

    /// @param headers beside the usual, such as `if-none-match`
    /// @throws IOException if nobody answers, or not in HTTP
    public Answer ask(String method, String path, Map<String, String> headers) throws IOException {
        StringBuilder request = new StringBuilder(method + " " + path + " HTTP/1.1\r\nHost: localhost\r\n");
        headers.forEach(
                (name, value) -> request.append(name).append(": ").append(value).append("\r\n"));
        request.append("Connection: close\r\n\r\n");
        try (SocketChannel channel = SocketChannel.open(address)) {
            ByteBuffer out = ByteBuffer.wrap(request.toString().getBytes(StandardCharsets.US_ASCII));
            while (out.hasRemaining()) {
                channel.write(out);
            }
            ByteArrayOutputStream answer = new ByteArrayOutputStream();
            ByteBuffer in = ByteBuffer.allocate(1 << 14);
            while (channel.read(in) >= 0) {
                answer.write(in.array(), 0, in.position());
                in.clear();
                if (answer.size() > most) {
                    throw new IOException("Envoy answers with more than " + most + " bytes");
                }
            }
            return read(answer.toString(StandardCharsets.UTF_8));
        }
    }

    private static Answer read(String answer) throws IOException {
        int head = answer.indexOf("\r\n\r\n");
        String[] lines = (head < 0 ? "" : answer.substring(0, head)).split("\r\n", -1);
        String[] status = lines[0].split(" ", 3);
        if (status.length < 2 || !status[1].matches("[0-9]{3}")) {
            throw new IOException("Envoy answered " + answer.lines().findFirst().orElse("nothing"));
        }
        Map<String, String> headers = new TreeMap<>();
        for (int i = 1; i < lines.length; i++) {
            int colon = lines[i].indexOf(':');
            if (colon > 0) {
                headers.put(
                        lines[i].substring(0, colon).toLowerCase(Locale.ROOT),
                        lines[i].substring(colon + 1).strip());
            }
        }
        String body = answer.substring(head + 4);
        boolean chunked = headers.getOrDefault("transfer-encoding", "").equalsIgnoreCase("chunked");
        return new Answer(Integer.parseInt(status[1]), headers, chunked ? unchunk(body) : body);
    }

    /// Answers are ASCII but for names, which the contract keeps to ASCII too; so characters are bytes here.
    private static String unchunk(String body) throws IOException {
        StringBuilder whole = new StringBuilder();
        int at = 0;
        while (true) {
            int line = body.indexOf("\r\n", at);
            if (line < 0) {
                throw new IOException("Envoy broke off");
            }
            int size = Integer.parseInt(body.substring(at, line).strip(), 16);
            if (size == 0) {
                return whole.toString();
            }
            int end = line + 2 + size;
            if (end > body.length()) {
                throw new IOException("Envoy broke off");
            }
            whole.append(body, line + 2, end);
            at = end + 2;
        }
    }
}
