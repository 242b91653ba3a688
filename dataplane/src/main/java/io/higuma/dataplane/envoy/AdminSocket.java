package io.higuma.dataplane.envoy;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.dataformat.yaml.YAMLMapper;

/// Envoy's admin interface, as the bootstrap in the work directory places it: a Unix socket or a loopback port.
public final class AdminSocket {

    private static final int MAX_ANSWER = 64 << 20;
    private static final int OK = 200;

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
        EnvoySocket.Answer answer = new EnvoySocket(address, MAX_ANSWER).ask(method, path, Map.of());
        if (answer.status() != OK) {
            throw new IOException("Envoy's admin answered " + answer.status());
        }
        return answer.body();
    }
}
