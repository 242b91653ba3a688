package io.higuma.dataplane.envoy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.dataformat.yaml.YAMLMapper;

/// Envoy's admin interface, as the bootstrap in the work directory places it: a Unix socket or a loopback port. One
/// request per connection; the JDK's HTTP client knows no Unix sockets, and the admin speaks plain HTTP/1.1.
public final class AdminSocket {

    private static final int MAX_ANSWER = 64 << 20;

    private final SocketAddress address;

    public AdminSocket(SocketAddress address) {
        this.address = address;
    }

    /// Empty if the bootstrap names no admin.
    ///
    /// @throws IOException if there is no bootstrap that can be read
    public static Optional<AdminSocket> of(Path bootstrap) throws IOException {
        JsonNode admin;
        try {
            admin = YAMLMapper.shared()
                    .readTree(Files.readString(bootstrap))
                    .path("admin")
                    .path("address");
        } catch (JacksonException e) {
            throw new IOException(bootstrap + " is not YAML", e);
        }
        String pipe = admin.path("pipe").path("path").asString("");
        if (!pipe.isEmpty()) {
            return Optional.of(new AdminSocket(UnixDomainSocketAddress.of(pipe)));
        }
        JsonNode socket = admin.has("socketAddress") ? admin.path("socketAddress") : admin.path("socket_address");
        int port = (socket.has("portValue") ? socket.path("portValue") : socket.path("port_value")).asInt(0);
        return port == 0
                ? Optional.empty()
                : Optional.of(new AdminSocket(
                        new InetSocketAddress(socket.path("address").asString("127.0.0.1"), port)));
    }

    /// @return the body of the answer
    /// @throws IOException if nobody answers, or not with 200
    public String request(String method, String path) throws IOException {
        try (SocketChannel channel = SocketChannel.open(address)) {
            String request = method + " " + path + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
            ByteBuffer out = ByteBuffer.wrap(request.getBytes(StandardCharsets.US_ASCII));
            while (out.hasRemaining()) {
                channel.write(out);
            }
            ByteArrayOutputStream answer = new ByteArrayOutputStream();
            ByteBuffer in = ByteBuffer.allocate(1 << 16);
            while (channel.read(in) >= 0) {
                answer.write(in.array(), 0, in.position());
                in.clear();
                if (answer.size() > MAX_ANSWER) {
                    throw new IOException("Envoy's admin answers with more than " + MAX_ANSWER + " bytes");
                }
            }
            return body(answer.toString(StandardCharsets.UTF_8));
        }
    }

    private static String body(String answer) throws IOException {
        int head = answer.indexOf("\r\n\r\n");
        String status = answer.lines().findFirst().orElse("nothing");
        if (head < 0 || !status.contains(" 200 ")) {
            throw new IOException("Envoy's admin answered " + status);
        }
        boolean chunked = answer.substring(0, head).toLowerCase(Locale.ROOT).contains("transfer-encoding: chunked");
        String body = answer.substring(head + 4);
        return chunked ? unchunk(body) : body;
    }

    /// Admin answers are ASCII but for names, which the contract keeps to ASCII too; so characters are bytes here.
    private static String unchunk(String body) throws IOException {
        StringBuilder whole = new StringBuilder();
        int at = 0;
        while (true) {
            int line = body.indexOf("\r\n", at);
            if (line < 0) {
                throw new IOException("Envoy's admin broke off");
            }
            int size = Integer.parseInt(body.substring(at, line).strip(), 16);
            if (size == 0) {
                return whole.toString();
            }
            int end = line + 2 + size;
            if (end > body.length()) {
                throw new IOException("Envoy's admin broke off");
            }
            whole.append(body, line + 2, end);
            at = end + 2;
        }
    }
}
