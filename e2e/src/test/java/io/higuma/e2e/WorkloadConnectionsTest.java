package io.higuma.e2e;

import static io.higuma.testkit.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.higuma.testkit.envoy.EnvoyProcess;
import io.higuma.testkit.net.Upstream;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The connection between a proxy and its workload breaks. Callers notice as little of it as can be.
class WorkloadConnectionsTest {

    private static final String REASON = "x-higuma-reason";

    @TempDir
    private Path folder;

    /// A server that closes a connection when it was idle for long does so, now and then, just as a request comes.
    @Test
    void aReadIsTriedAgainWhenTheWorkloadClosesItsConnectionAndAWriteIsNot() throws Exception {
        try (TestMesh mesh = TestMesh.start(folder);
                OneAnswer cart = new OneAnswer("200 OK")) {
            // Given a workload that closes each connection upon its second request
            cart(mesh, "cart-1", cart.port());
            String url = web(mesh);
            eventually("traffic flows", () -> Http.get(url).statusCode() == 200);

            // When it is read often
            List<Integer> read = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                read.add(Http.get(url).statusCode());
            }

            // Then every read is answered, though connections were closed instead
            assertThat(read).containsOnly(200);
            assertThat(cart.unanswered()).isPositive();

            // When it is written to, until a connection is closed instead of an answer
            int seen = cart.answered() + cart.unanswered();
            int sent = 0;
            HttpResponse<String> answer;
            do {
                answer = Http.send("POST", url);
                sent++;
            } while (answer.statusCode() == 200 && sent < 10);

            // Then its caller is told why, for the workload may have done what it was asked to; it was asked once
            assertThat(answer.statusCode()).isEqualTo(503);
            assertThat(answer.headers().firstValue(REASON)).contains("workload_broke_off");
            assertThat(cart.answered() + cart.unanswered() - seen).isEqualTo(sent);
        }
    }

    @Test
    void aWriteGoesToAnotherInstanceWhereTheWorkloadIsNotThereAndOnlyItsProxyIs() throws Exception {
        try (TestMesh mesh = TestMesh.start(folder)) {
            // Given two instances, one of which has a proxy and no workload
            Upstream there = mesh.closing(Upstream.start("cart-1", new InetSocketAddress("127.0.0.1", 0)));
            cart(mesh, "cart-1", there.port());
            cart(mesh, "cart-2", EnvoyProcess.freePort("127.0.0.1").getPort());
            String url = web(mesh);
            eventually("traffic flows", () -> Http.get(url).statusCode() == 200);

            // Then every write is answered
            List<Integer> written = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                written.add(Http.send("POST", url).statusCode());
            }
            assertThat(written).containsOnly(200);

            // And when the other workload goes too, the caller is told why
            there.close();
            HttpResponse<String> answer = eventually(
                    "nobody answers", () -> Http.send("POST", url), response -> response.statusCode() != 200);
            assertThat(answer.statusCode()).isEqualTo(503);
            assertThat(eventually(
                                    "the last connection is over",
                                    () -> Http.send("POST", url).headers().firstValue(REASON),
                                    reason -> reason.isPresent())
                            .orElseThrow())
                    .isEqualTo("workload_unreachable");
        }
    }

    /// It may pass on what the proxy of a workload said that it called itself.
    @Test
    void aWorkloadThatAnswersAsAProxyWouldIsNotBelieved() throws Exception {
        try (TestMesh mesh = TestMesh.start(folder);
                OneAnswer cart = new OneAnswer("503 Nobody\r\nserver: higuma (workload_unreachable)")) {
            // Given a workload that answers as a proxy would whose workload is not there
            cart(mesh, "cart-1", cart.port());
            String url = web(mesh);
            eventually("traffic flows", () -> Http.get(url).body().equals("ok"));
            int before = cart.answered() + cart.unanswered();

            // When it is written to twice, of which it answers once
            List<String> reasons = new ArrayList<>();
            for (int i = 0; i < 2; i++) {
                HttpResponse<String> answer = Http.send("POST", url);
                assertThat(answer.statusCode()).isEqualTo(503);
                reasons.add(answer.headers().firstValue(REASON).orElse("none"));
                assertThat(answer.headers().allValues("server")).containsExactly("envoy");
            }

            // Then it has seen both once, and its caller is told what the proxy saw and nothing else
            assertThat(reasons).containsExactlyInAnyOrder("none", "workload_broke_off");
            assertThat(cart.answered() + cart.unanswered() - before).isEqualTo(2);
        }
    }

    private static void cart(TestMesh mesh, String name, int port) {
        mesh.sidecar("default", name, "cart", Shop.served(TestMesh.nextAddress(), port));
    }

    /// @return the URL under which `web` calls `cart`
    private static String web(TestMesh mesh) throws IOException {
        String address = TestMesh.nextAddress();
        int port = EnvoyProcess.freePort(address).getPort();
        mesh.sidecar("default", "web-1", "web", Shop.calling(address, port));
        return "http://" + address + ":" + port + "/";
    }

    /// Answers the first request of a connection and keeps it; upon the next one it closes it without a word.
    private static final class OneAnswer implements AutoCloseable {

        private final byte[] answer;
        private final ServerSocket server = new ServerSocket(0, 50, InetAddress.ofLiteral("127.0.0.1"));
        private final AtomicInteger answered = new AtomicInteger();
        private final AtomicInteger unanswered = new AtomicInteger();

        /// @param status and headers, if there are any
        OneAnswer(String status) throws IOException {
            this.answer =
                    ("HTTP/1.1 " + status + "\r\nContent-Length: 2\r\n\r\nok").getBytes(StandardCharsets.US_ASCII);
            Thread.ofVirtual().start(() -> {
                while (!server.isClosed()) {
                    try {
                        Socket connection = server.accept();
                        Thread.ofVirtual().start(() -> serve(connection));
                    } catch (IOException over) {
                        return;
                    }
                }
            });
        }

        private void serve(Socket connection) {
            try (connection) {
                BufferedReader requests = new BufferedReader(
                        new InputStreamReader(connection.getInputStream(), StandardCharsets.ISO_8859_1));
                if (isRequest(requests)) {
                    answered.incrementAndGet();
                    connection.getOutputStream().write(answer);
                    if (isRequest(requests)) {
                        unanswered.incrementAndGet();
                    }
                }
            } catch (IOException over) {
                // The proxy is gone
            }
        }

        /// Whether the head of a request came, none of which has a body.
        private static boolean isRequest(BufferedReader requests) throws IOException {
            String line = requests.readLine();
            while (line != null && !line.isEmpty()) {
                line = requests.readLine();
            }
            return line != null;
        }

        int port() {
            return server.getLocalPort();
        }

        int answered() {
            return answered.get();
        }

        int unanswered() {
            return unanswered.get();
        }

        @Override
        public void close() throws IOException {
            server.close();
        }
    }
}
