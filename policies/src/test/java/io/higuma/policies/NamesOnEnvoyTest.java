package io.higuma.policies;

import static io.higuma.testkit.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.envoyproxy.envoy.config.bootstrap.v3.Admin;
import io.envoyproxy.envoy.config.bootstrap.v3.Bootstrap;
import io.envoyproxy.envoy.config.core.v3.Address;
import io.envoyproxy.envoy.config.core.v3.Node;
import io.envoyproxy.envoy.config.core.v3.Pipe;
import io.envoyproxy.envoy.config.listener.v3.Listener;
import io.higuma.envoy.build.AgentListener;
import io.higuma.envoy.build.DnsListener;
import io.higuma.policy.HostName;
import io.higuma.testkit.envoy.EnvoyProcess;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.SocketTimeoutException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A real Envoy answers for the names of the mesh, to whoever asks over DNS and to the agent of kuma-dp.
class NamesOnEnvoyTest {

    private static final List<HostName> NAMES = List.of(
            new HostName("cart.svc.mesh.local", List.of("241.0.0.1", "fd68:6967:756d::f100:1")),
            new HostName("shop.svc.mesh.local", List.of("241.0.0.2", "fd68:6967:756d::f100:2")));
    private static final int A = 1;
    private static final int AAAA = 28;
    private static final int NAME_ERROR = 3;

    @TempDir
    private Path folder;

    @Test
    void envoyAnswersForBothFamiliesAndSaysOfOthersThatThereAreNone() throws Exception {
        int port = freeUdpPort();
        try (EnvoyProcess envoy = start(new DnsListener(port, false, NAMES).build())) {
            eventually("it answers", () -> ask(port, "cart.svc.mesh.local", A).isPresent());

            assertThat(addresses(port, "cart.svc.mesh.local", A)).containsExactly("241.0.0.1");
            assertThat(addresses(port, "shop.svc.mesh.local", A)).containsExactly("241.0.0.2");
            assertThat(addresses(port, "shop.svc.mesh.local", AAAA)).containsExactly("fd68:6967:756d:0:0:0:f100:2");
            assertThat(ask(port, "bank.svc.mesh.local", A).orElseThrow()[3] & 0xf)
                    .isEqualTo(NAME_ERROR);
            assertThat(envoy.isAlive()).isTrue();
        }
    }

    @Test
    void theAgentGetsTheRecordsOnceAndThenHearsThatNothingChanged() throws Exception {
        try (EnvoyProcess envoy = start(new AgentListener(folder.toString(), NAMES).build())) {
            Path socket = folder.resolve("kuma-mesh-metric-config.sock");
            eventually("the socket is there", () -> Files.exists(socket));

            String first = get(socket, "");
            assertThat(first)
                    .startsWith("HTTP/1.1 200")
                    .contains("{\"name\":\"cart.svc.mesh.local\",\"ips\":[\"241.0.0.1\",\"fd68:6967:756d::f100:1\"]}")
                    .contains("\"ttl\":30");
            String tag = first.lines()
                    .filter(line -> line.toLowerCase(java.util.Locale.ROOT).startsWith("etag: "))
                    .findFirst()
                    .orElseThrow()
                    .substring("etag: ".length());
            assertThat(get(socket, "if-none-match: " + tag + "\r\n")).startsWith("HTTP/1.1 304");
            assertThat(get(socket, "if-none-match: other\r\n")).startsWith("HTTP/1.1 200");
            assertThat(envoy.isAlive()).isTrue();
        }
    }

    private EnvoyProcess start(Listener listener) throws IOException {
        Path admin = folder.resolve("admin.sock");
        Bootstrap bootstrap = Bootstrap.newBuilder()
                .setNode(Node.newBuilder().setId("default.web-1").setCluster("web"))
                .setAdmin(Admin.newBuilder()
                        .setAddress(
                                Address.newBuilder().setPipe(Pipe.newBuilder().setPath(admin.toString()))))
                .setStaticResources(Bootstrap.StaticResources.newBuilder().addListeners(listener))
                .build();
        Path file = folder.resolve("bootstrap.pb");
        Files.write(file, bootstrap.toByteArray());
        return EnvoyProcess.start(file, folder, UnixDomainSocketAddress.of(admin));
    }

    private static int freeUdpPort() throws IOException {
        try (DatagramSocket socket = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    /// What comes back to a question; empty if nothing does.
    private static Optional<byte[]> ask(int port, String name, int type) {
        try (DatagramSocket socket = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
            socket.setSoTimeout(500);
            ByteArrayOutputStream question = new ByteArrayOutputStream();
            question.writeBytes(new byte[] {7, 7, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0});
            for (String label : name.split("\\.")) {
                question.write(label.length());
                question.writeBytes(label.getBytes(StandardCharsets.US_ASCII));
            }
            question.writeBytes(new byte[] {0, 0, (byte) type, 0, 1});
            byte[] bytes = question.toByteArray();
            socket.send(new DatagramPacket(bytes, bytes.length, InetAddress.getLoopbackAddress(), port));
            DatagramPacket answer = new DatagramPacket(new byte[1500], 1500);
            socket.receive(answer);
            return Optional.of(Arrays.copyOf(answer.getData(), answer.getLength()));
        } catch (SocketTimeoutException | java.net.PortUnreachableException e) {
            return Optional.empty();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    /// The addresses in an answer with one record, which stands at its end.
    private static List<String> addresses(int port, String name, int type) throws IOException {
        byte[] answer = ask(port, name, type).orElseThrow();
        int records = answer[7];
        int length = type == A ? 4 : 16;
        assertThat(records).isEqualTo(1);
        return List.of(InetAddress.getByAddress(Arrays.copyOfRange(answer, answer.length - length, answer.length))
                .getHostAddress());
    }

    private static String get(Path socket, String headers) throws IOException {
        try (SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(socket))) {
            channel.write(
                    ByteBuffer.wrap(("GET /dns HTTP/1.1\r\nhost: localhost\r\n" + headers + "connection: close\r\n\r\n")
                            .getBytes(StandardCharsets.US_ASCII)));
            ByteArrayOutputStream all = new ByteArrayOutputStream();
            ByteBuffer part = ByteBuffer.allocate(4096);
            while (channel.read(part) >= 0) {
                all.write(part.array(), 0, part.position());
                part.clear();
            }
            return all.toString(StandardCharsets.UTF_8);
        }
    }
}
