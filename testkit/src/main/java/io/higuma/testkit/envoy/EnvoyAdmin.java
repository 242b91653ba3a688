package io.higuma.testkit.envoy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The admin interface of an Envoy, at a TCP or a Unix domain address.
public record EnvoyAdmin(SocketAddress address) {

    private static final Pattern STATUS = Pattern.compile("HTTP/1\\.[01] (\\d{3})");

    /// Whether it answers.
    public boolean isUp() {
        return request("GET", "/server_info").status() == 200;
    }

    /// The body of a GET, such as `/config_dump?include_eds`.
    public String text(String path) {
        return request("GET", path).body();
    }

    /// A POST, such as `/drain_listeners?graceful`.
    public String post(String path) {
        return request("POST", path).body();
    }

    /// The value of a counter or gauge; empty if Envoy does not know it (yet).
    public Optional<Long> stat(String name) {
        Matcher line =
                Pattern.compile("(?m)^" + Pattern.quote(name) + ": (\\d+)$").matcher(text("/stats"));
        return line.find() ? Optional.of(Long.parseLong(line.group(1))) : Optional.empty();
    }

    private record Answer(int status, String body) {}

    /// HTTP/1.0 by hand, because the JDK's client does not speak over Unix domain sockets.
    private Answer request(String method, String path) {
        try (SocketChannel channel = address instanceof UnixDomainSocketAddress
                ? SocketChannel.open(StandardProtocolFamily.UNIX)
                : SocketChannel.open()) {
            channel.connect(address);
            String head = method + " " + path
                    + " HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\ncontent-length: 0\r\n\r\n";
            channel.write(ByteBuffer.wrap(head.getBytes(StandardCharsets.US_ASCII)));
            String text = new String(Channels.newInputStream(channel).readAllBytes(), StandardCharsets.UTF_8);
            Matcher status = STATUS.matcher(text);
            if (!status.lookingAt()) {
                throw new IOException("no HTTP answer from the admin interface");
            }
            int end = text.indexOf("\r\n\r\n");
            String headers = text.substring(0, end).toLowerCase(Locale.ROOT);
            String body = text.substring(end + 4);
            return new Answer(
                    Integer.parseInt(status.group(1)),
                    headers.contains("transfer-encoding: chunked") ? unchunk(body) : body);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String unchunk(String body) {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        StringBuilder whole = new StringBuilder();
        int at = 0;
        while (at < bytes.length) {
            int eol = at;
            while (bytes[eol] != '\r') {
                eol++;
            }
            int size = Integer.parseInt(new String(bytes, at, eol - at, StandardCharsets.US_ASCII).strip(), 16);
            if (size == 0) {
                break;
            }
            whole.append(new String(bytes, eol + 2, size, StandardCharsets.UTF_8));
            at = eol + 2 + size + 2;
        }
        return whole.toString();
    }
}
